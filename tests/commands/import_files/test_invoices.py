from datetime import date

import pytest

from storage import invoices, payments, search_terms
from tests.importing import CUSTOMERS, INVOICE, ONE_LINE, Inbox, counts, refusals

HEADER = "invoice_number,customer_id,issue_date,version,total,status\n"
LINES = "invoice_number,line,description,quantity,unit,unit_price,tax_rate\n"
PAID = "payment_id,customer_id,date,amount,invoice_number\n"


def bring_one(inbox: Inbox, lines: str, total: str = "") -> list[tuple[int, str, str]]:
    row = f"invoice_number,customer_id,issue_date,total\nINV-1,C1,2026-02-10,{total}\n"
    return refusals(inbox.bring(customers=CUSTOMERS, invoices=row, lines=LINES + lines))


def test_an_invoice_takes_its_defaults_from_the_customer(inbox: Inbox) -> None:
    inbox.bring(
        customers="customer_id,name,currency,terms_days\nC1,Iris,EUR,14\n",
        invoices=INVOICE,
        lines=ONE_LINE,
    )
    row = inbox.invoice("INV-1")
    assert (row.currency, row.due_date, row.version) == ("EUR", date(2026, 2, 24), 1)
    assert (row.net, row.tax, row.rounding, row.total) == (12500, 0, 0, 12500)


def test_amount_and_tax_of_each_line_are_rounded_half_up(inbox: Inbox) -> None:
    bring_one(inbox, "INV-1,1,Roses,3,box,0.335,8.25\nINV-1,2,Return,-1,box,0.125,8.25\n")
    with inbox.database.reading() as session:
        lines = invoices.lines(session, "INV-1")
    assert [(line.amount, line.tax) for line in lines] == [(101, 8), (-13, -1)]
    assert inbox.invoice("INV-1").total == 95


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 13), ("USD", 1250), ("KWD", 12500)])
def test_minor_units_are_those_of_the_currency(inbox: Inbox, currency: str, minor: int) -> None:
    text = f"customer_id,name,currency\nC1,Iris,{currency}\n"
    inbox.bring(customers=text, invoices=INVOICE, lines=ONE_LINE.replace("10,12.50", "1,12.5"))
    assert inbox.invoice("INV-1").total == minor


def test_a_given_total_rules_and_the_difference_is_rounding(inbox: Inbox) -> None:
    assert bring_one(inbox, "INV-1,1,Roses,10,box,12.50,\n", total="125.05") == []
    row = inbox.invoice("INV-1")
    assert (row.net, row.rounding, row.total) == (12500, 5, 12505)


def test_a_larger_difference_is_refused(inbox: Inbox) -> None:
    reason = (
        "total 125.06 is not what the lines and their tax add up to, 125.00:"
        " correct the one or the other"
    )
    assert bring_one(inbox, "INV-1,1,Roses,10,box,12.50,\n", total="125.06") == [
        (2, "total", reason)
    ]


def test_an_invoice_without_lines_needs_a_total(inbox: Inbox) -> None:
    text = "invoice_number,customer_id,issue_date,total\nOLD-1,C1,2025-12-01,99.90\n"
    assert not inbox.bring(customers=CUSTOMERS, invoices=text).refused
    assert inbox.invoice("OLD-1").total == 9990


def test_importing_again_changes_nothing_however_numbers_are_written(inbox: Inbox) -> None:
    inbox.start()
    again = inbox.bring(invoices=INVOICE, lines=ONE_LINE.replace("10,12.50", "10.0,12.5"))
    assert counts(again) == {"invoices": (0, 0, 1), "invoice_lines": (0, 0, 1)}


def test_lines_may_come_in_any_order_and_before_their_invoice(inbox: Inbox) -> None:
    lines = ONE_LINE + "INV-1,2,Tulips,1,5.00\n"
    inbox.bring(customers=CUSTOMERS, lines=lines, invoices=INVOICE)
    head, first, second = lines.splitlines(keepends=True)
    again = inbox.bring(lines=head + second + first, invoices=INVOICE)
    assert counts(again) == {"invoices": (0, 0, 1), "invoice_lines": (0, 0, 2)}


@pytest.mark.parametrize(
    ("columns", "cells", "column"),
    [
        ("issue_date", "2026-02-11", "issue_date"),
        ("issue_date,due_date", "2026-02-10,2026-04-01", "due_date"),
        ("issue_date,notes", "2026-02-10,Thanks", "notes"),
        ("issue_date,total", "2026-02-10,125.01", "total"),
    ],
)
def test_the_same_version_with_other_content_is_refused(
    inbox: Inbox, columns: str, cells: str, column: str
) -> None:
    inbox.start()
    text = f"invoice_number,customer_id,{columns}\nINV-1,C1,{cells}\n"
    reason = (
        f"{column} differs from version 1 of INV-1 as it is here:"
        " give the changed invoice a version above 1"
    )
    assert refusals(inbox.bring(invoices=text, lines=ONE_LINE)) == [(2, column, reason)]


def test_the_same_version_with_other_lines_is_refused(inbox: Inbox) -> None:
    inbox.start()
    report = inbox.bring(invoices=INVOICE, lines=ONE_LINE.replace("Roses", "Tulips"))
    assert [one.reason[:36] for one in report.refused] == ["one of its lines differs from versio"]


def test_an_invoice_stays_with_its_customer_and_currency(inbox: Inbox) -> None:
    inbox.start()
    moved = inbox.bring(invoices=HEADER + "INV-1,C2,2026-02-10,2,5,\n")
    assert [one.column for one in moved.refused] == ["customer_id"]
    text = "invoice_number,customer_id,issue_date,version,total,currency\n"
    other = inbox.bring(invoices=text + "INV-1,C1,2026-02-10,2,5,EUR\n")
    assert [one.column for one in other.refused] == ["currency"]


def test_an_invoice_does_not_turn_into_a_credit_memo(inbox: Inbox) -> None:
    inbox.start()
    lines = ONE_LINE.replace(",10,", ",-10,")
    report = inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,\n", lines=lines)
    assert [one.column for one in report.refused] == ["total"]


def test_a_higher_version_replaces_lines_and_total(inbox: Inbox) -> None:
    inbox.start()
    lines = ONE_LINE.replace("10,12.50", "8,12.50")
    report = inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,\n", lines=lines)
    assert counts(report) == {"invoices": (0, 1, 0), "invoice_lines": (0, 1, 0)}
    assert (inbox.invoice("INV-1").version, inbox.invoice("INV-1").total) == (2, 10000)


def test_a_higher_version_needs_its_lines(inbox: Inbox) -> None:
    inbox.start()
    report = inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,100,\n")
    assert refusals(report) == [
        (
            2,
            "",
            "version 2 of INV-1 comes without its lines: import them in the same call",
        )
    ]


def test_a_lower_version_is_refused(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,3,,\n", lines=ONE_LINE)
    report = inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,\n", lines=ONE_LINE)
    assert refusals(report) == [
        (
            2,
            "version",
            "version 2 of INV-1 is older than the one here: give a version above 3",
        )
    ]


def test_a_smaller_version_frees_the_newest_money_first(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(payments=PAID + "P1,C1,2026-02-11,100,INV-1\nP2,C1,2026-02-12,25,INV-1\n")
    lines = ONE_LINE.replace("10,12.50", "9,12.50")
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,\n", lines=lines)
    assert inbox.invoice("INV-1").status == "paid"
    assert (inbox.payment("P1").unapplied, inbox.payment("P2").unapplied) == (0, 1250)


def test_a_void_invoice_gives_its_money_back(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(payments=PAID + "P1,C1,2026-02-11,100,INV-1\n")
    void = HEADER + "INV-1,C1,2026-02-10,,,void\n"
    assert counts(inbox.bring(invoices=void))["invoices"] == (0, 1, 0)
    assert (inbox.invoice("INV-1").status, inbox.payment("P1").unapplied) == ("void", 10000)
    assert counts(inbox.bring(invoices=void))["invoices"] == (0, 0, 1)


def test_a_written_off_invoice_keeps_what_was_paid(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(payments=PAID + "P1,C1,2026-02-11,100,INV-1\n")
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,,,written_off\n")
    row = inbox.invoice("INV-1")
    assert (row.status, row.allocated, row.balance.minor) == ("written_off", 10000, 0)


def test_an_old_file_does_not_issue_again_what_was_ended(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,,,void\n")
    report = inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,,,issued\n", lines=ONE_LINE)
    assert counts(report)["invoices"] == (0, 0, 1)
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,issued\n", lines=ONE_LINE)
    assert inbox.invoice("INV-1").status == "open"


CREDIT = "invoice_number,customer_id,issue_date,total,applies_to\n"


@pytest.mark.parametrize("first", [True, False])
def test_a_credit_memo_settles_its_invoice_in_either_order(inbox: Inbox, *, first: bool) -> None:
    rows = ["INV-1,C1,2026-02-10,125,\n", "CR-1,C1,2026-02-12,-25.00,INV-1\n"]
    text = CREDIT + "".join(rows if first else reversed(rows))
    assert not inbox.bring(customers=CUSTOMERS, invoices=text).refused
    assert (inbox.invoice("INV-1").allocated, inbox.invoice("CR-1").balance.minor) == (2500, 0)
    assert counts(inbox.bring(invoices=text))["invoices"] == (0, 0, 2)


def test_a_credit_memo_larger_than_its_invoice_stays_open_for_the_rest(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-200,INV-1\n")
    assert inbox.invoice("INV-1").status == "paid"
    assert inbox.invoice("CR-1").balance.minor == -7500


def test_a_credit_memo_without_a_target_stays_open(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,\n")
    assert inbox.invoice("CR-1").status == "open"
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,INV-1\n")
    assert inbox.invoice("INV-1").allocated == 2500


def test_a_credit_memo_does_not_move_to_another_invoice(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,INV-1\nINV-2,C1,2026-02-12,9,\n")
    report = inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,INV-2\n")
    assert refusals(report) == [
        (
            2,
            "applies_to",
            "CR-1 is applied to INV-1, which does not change: leave applies_to as it was",
        )
    ]


def test_a_void_credit_memo_opens_its_invoice_again(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,INV-1\n")
    inbox.bring(credits=HEADER + "CR-1,C1,2026-02-12,,,void\n")
    assert (inbox.invoice("INV-1").allocated, inbox.invoice("CR-1").status) == (0, "void")


def test_a_smaller_version_of_a_credit_memo_takes_the_rest_back(inbox: Inbox) -> None:
    inbox.start()
    text = "invoice_number,customer_id,issue_date,version,total,applies_to\n"
    inbox.bring(credits=text + "CR-1,C1,2026-02-12,1,-25,INV-1\n")
    inbox.bring(credits=text + "CR-1,C1,2026-02-12,2,-10,INV-1\n")
    assert (inbox.invoice("INV-1").allocated, inbox.invoice("CR-1").balance.minor) == (1000, 0)


def test_a_smaller_invoice_frees_credit_when_money_is_not_enough(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(credits=CREDIT + "CR-1,C1,2026-02-12,-25,INV-1\n")
    lines = ONE_LINE.replace("10,12.50", "1,12.50")
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,2,,\n", lines=lines)
    assert (inbox.invoice("INV-1").allocated, inbox.invoice("CR-1").balance.minor) == (1250, -1250)
    with inbox.database.reading() as session:
        (row,) = payments.credits_of_invoice(session, "INV-1")
        assert row.amount == 1250


def test_a_void_invoice_is_not_written_off_afterwards(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,,,void\n")
    inbox.bring(invoices=HEADER + "INV-1,C1,2026-02-10,,,written_off\n")
    assert inbox.invoice("INV-1").status == "void"


def test_a_new_version_is_found_by_its_new_po_number(inbox: Inbox) -> None:
    header = "invoice_number,customer_id,issue_date,version,po_number\n"
    old = header + "INV-1,C1,2026-02-10,1,7781\n"
    inbox.bring(customers=CUSTOMERS, invoices=old, lines=ONE_LINE)
    inbox.bring(invoices=header + "INV-1,C1,2026-02-10,2,9900\n", lines=ONE_LINE)
    with inbox.database.reading() as session:
        assert len(search_terms.find_invoices(session, "9900", 10)) == 1
        assert search_terms.find_invoices(session, "7781", 10) == []
