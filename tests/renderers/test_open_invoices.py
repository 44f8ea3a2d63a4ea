"""The table of open invoices: in a mail, as its text, and as a PDF of its own."""

from dataclasses import replace
from datetime import date

from renderers.documents import Party
from renderers.open_invoices import (
    HEADERS,
    OpenInvoiceRow,
    OpenInvoicesEmail,
    OpenInvoiceTable,
    open_invoices_email,
    open_invoices_html,
)
from storage.money import Money
from tests.documents import BLOOM, IRIS, PAY_URL, usd

ROW = OpenInvoiceRow(
    number="INV-1042",
    po_number="7781",
    issue_date=date(2026, 2, 12),
    due_date=date(2026, 3, 14),
    days_late=6,
    original=usd(12500),
    settled=usd(2500),
    balance=usd(10000),
)


def a_table(*rows: OpenInvoiceRow, **own: object) -> OpenInvoiceTable:
    shown = rows or (ROW,)
    table = OpenInvoiceTable(
        company=BLOOM,
        customer=IRIS,
        as_of=date(2026, 3, 20),
        rows=shown,
        total=usd(sum(row.balance.minor for row in shown)),
        pay_url=PAY_URL,
        locale="en_US",
    )
    return replace(table, **own)  # type: ignore[arg-type]  # overrides by name


def test_every_column_has_a_header_and_every_cell_its_place() -> None:
    html = open_invoices_email(OpenInvoicesEmail(a_table(), "Sally", "")).html
    assert [html.count(f">{label}</th>") for label in HEADERS] == [1] * len(HEADERS)
    for cell in ("INV-1042", "7781", "12 Feb 2026", "14 Mar 2026", "125.00", "25.00", "100.00"):
        assert cell in html


def test_the_subject_says_how_many_and_how_much() -> None:
    content = open_invoices_email(OpenInvoicesEmail(a_table(ROW, ROW), "Sally", ""))
    dash = "\N{EN DASH}"
    assert content.subject == f"2 open invoices from Bloom Wholesale {dash} USD 200.00 to pay"
    assert "All of them past due." in content.text


def test_there_is_one_button_and_it_leads_to_the_link() -> None:
    content = open_invoices_email(OpenInvoicesEmail(a_table(), "", ""))
    assert content.html.count('<a class="button"') == 1
    assert content.text.count(PAY_URL) == 1


def test_names_do_no_harm() -> None:
    bad = Party("C<1>", '<img src=x onerror="alert(1)"> & "Co" \u202e', "")
    content = open_invoices_email(OpenInvoicesEmail(a_table(customer=bad), "", "<b>Hi</b>"))
    assert "<img src=x" not in content.html
    assert "<b>Hi" not in content.html
    assert "\u202e" not in content.html + content.text


def test_another_locale_writes_its_own_way() -> None:
    row = replace(ROW, balance=Money(123456, "EUR"), original=Money(123456, "EUR"))
    table = a_table(row, locale="de_DE", total=Money(123456, "EUR"))
    assert "1.234,56" in open_invoices_email(OpenInvoicesEmail(table, "", "")).text


def test_the_list_as_a_document_has_the_same_rows_and_the_button() -> None:
    html = open_invoices_html(a_table(ROW, replace(ROW, number="INV-2")))
    for word in ("INV-1042", "INV-2", "Pay USD 200.00", PAY_URL, "QR code"):
        assert word in html
