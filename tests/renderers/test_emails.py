from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from renderers.documents import InvoiceDocument, InvoiceEmail, OrderEmail, Party, ReceiptLine
from renderers.emails import invoice_email, order_email, receipt_email
from tests.documents import (
    BLOOM,
    PAY_URL,
    a_credit_memo,
    a_paid_invoice,
    a_receipt,
    an_invoice,
    an_order,
    an_order_of_facts,
    usd,
)

DASH = "\N{EN DASH}"


class Reading(HTMLParser):
    """What a person sees of a mail: its words, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"style", "title"}
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def corrected(**own: Any) -> InvoiceDocument:
    return an_invoice(version=2, corrected=True, paid=usd(2500), balance=usd(10000), **own)


def mail(document: InvoiceDocument, message: str = "", sender: str = "Sally Sales") -> InvoiceEmail:
    return InvoiceEmail(document, sender, message)


@pytest.mark.parametrize(
    ("document", "subject"),
    [
        (
            an_invoice(),
            f"Invoice INV-1042 from Bloom Wholesale {DASH} USD 125.00 due 14 Mar 2026 (PO 7781)",
        ),
        (
            an_invoice(po_number=""),
            f"Invoice INV-1042 from Bloom Wholesale {DASH} USD 125.00 due 14 Mar 2026",
        ),
        (
            corrected(company=replace(BLOOM, name="Bloom")),
            f"Corrected invoice INV-1042 from Bloom {DASH} USD 100.00 due 14 Mar 2026 (PO 7781)",
        ),
        (a_paid_invoice(), f"Invoice INV-1042 from Bloom Wholesale {DASH} nothing to pay"),
        (a_credit_memo(), f"Credit memo CM-7 from Bloom Wholesale {DASH} USD 20.00 (PO 7781)"),
    ],
)
def test_the_subject_says_what_how_much_and_when(document: InvoiceDocument, subject: str) -> None:
    assert invoice_email(mail(document)).subject == subject


def test_a_subject_is_one_header_whatever_its_values_hold() -> None:
    evil = "X\r\nBcc: all@evil.example\u2028\x85\x0b\x00\u202e"
    document = an_invoice(po_number=evil, number=evil, company=replace(BLOOM, name=evil))
    message = EmailMessage()
    message["Subject"] = invoice_email(mail(document)).subject
    assert message.keys() == ["Subject"]
    assert "\x00" not in str(message["Subject"])
    assert "\u202e" not in str(message["Subject"])


def test_an_endless_subject_is_cut() -> None:
    assert len(invoice_email(mail(an_invoice(po_number="9 " * 500))).subject) <= 240


def test_the_mail_has_one_button_and_the_address_in_print() -> None:
    content = invoice_email(mail(an_invoice()))
    read = Reading(content.html)
    assert read.links.count(PAY_URL) == 2
    assert "Pay USD 125.00" in read.text
    assert PAY_URL in read.text
    assert PAY_URL in content.text


@pytest.mark.parametrize("document", [an_invoice(pay_url=None), a_paid_invoice(), a_credit_memo()])
def test_without_link_or_balance_there_is_no_button(document: InvoiceDocument) -> None:
    content = invoice_email(mail(replace(document)))
    assert "/pay/" not in content.html + content.text
    assert "Pay USD" not in Reading(content.html).text


def test_without_link_the_mail_says_how_to_pay() -> None:
    content = invoice_email(mail(an_invoice(pay_url=None)))
    for text in (Reading(content.html).text, content.text):
        assert "How to pay" in text
        assert "Routing 125000024" in text


@pytest.mark.parametrize(
    "document",
    [
        corrected(),
        a_paid_invoice(),
        a_credit_memo(),
        an_invoice(pay_url=None),
    ],
)
def test_the_text_twin_says_the_same(document: InvoiceDocument) -> None:
    content = invoice_email(mail(document, "Hi Rosa,\nfor <Easter> & more"))
    seen = set(Reading(content.html).words)
    told = set(content.text.split()) - {"--"}
    assert {word.rstrip(":,.") for word in told} <= {word.rstrip(":,.") for word in seen}
    assert {word for word in seen if word[-3:-2] == "."} <= told


def test_the_senders_words_are_kept_and_escaped() -> None:
    content = invoice_email(mail(an_invoice(), "Hi <b>Rosa</b> & co,\n\nthanks &amp; bye"))
    assert "Hi &lt;b&gt;Rosa&lt;/b&gt; &amp; co,<br><br>thanks &amp;amp; bye" in content.html
    assert "Hi <b>Rosa</b> & co,\n\nthanks &amp; bye" in content.text


def test_the_text_twin_has_no_entities() -> None:
    document = an_invoice(customer=Party("C1", 'Iris & Söhne\'s "Best" <Flowers>'))
    assert 'Iris & Söhne\'s "Best" <Flowers>' in invoice_email(mail(document)).text


def test_the_table_of_facts_is_a_table_with_headings() -> None:
    read = Reading(invoice_email(mail(an_invoice())).html)
    scopes = [attributes.get("scope") for tag, attributes in read.tags if tag == "th"]
    assert len(scopes) >= 8
    assert set(scopes) == {"row"}


def test_nothing_is_loaded_from_anywhere() -> None:
    read = Reading(invoice_email(mail(an_invoice())).html)
    assert not {"img", "link", "script", "iframe"} & {tag for tag, _ in read.tags}
    assert set(read.links) == {PAY_URL, "tel:+12065550100"}


def test_the_mail_says_whom_to_reach() -> None:
    content = invoice_email(mail(an_invoice()))
    sentence = "Reply to this e-mail to reach Sally Sales, or call +1 206 555 0100."
    assert sentence in content.text
    assert "reach Sally Sales" in Reading(content.html).text


def test_a_receipt_tells_what_was_paid_with_what_and_for_what() -> None:
    content = receipt_email(a_receipt())
    assert content.subject == f"Receipt from Bloom Wholesale {DASH} USD 125.00 for INV-1042"
    for text in (Reading(content.html).text, content.text):
        for fact in (
            "Receipt",
            "Blue Iris Florist",
            "PAY-000123",
            "Visa ending in 4242",
            "12 Mar 2026",
            "BLOOM WHOLESALE",
            "March/7",
            "INV-1042",
            "USD 0.00",
        ):
            assert fact in text


def test_a_receipt_tells_what_remains_and_what_is_kept_as_credit() -> None:
    lines = (ReceiptLine("INV-1", usd(10000), usd(2500)), ReceiptLine("INV-2", usd(1000), usd(0)))
    content = receipt_email(a_receipt(lines=lines, unapplied=usd(1500)))
    assert content.subject.endswith("for INV-1, INV-2")
    assert "Invoice INV-1: applied USD 100.00, remaining USD 25.00" in content.text
    for text in (Reading(content.html).text, content.text):
        assert "USD 25.00" in text
        assert "USD 15.00" in text


def test_a_receipt_for_many_invoices_counts_them() -> None:
    lines = tuple(ReceiptLine(f"INV-{n}", usd(100), usd(0)) for n in range(9))
    assert receipt_email(a_receipt(lines=lines)).subject.endswith("USD 125.00 for 9 invoices")


# -- order confirmations ------------------------------------------------------------------------


def test_an_order_confirmation_says_what_it_is_and_asks_for_nothing() -> None:
    content = order_email(OrderEmail(an_order(), "Sally Sales", "See you on Tuesday"))
    assert content.subject == (
        f"Order confirmation 88213 from Bloom Wholesale {DASH} USD 125.00 (PO 7781)"
    )
    for said in (Reading(content.html).text, content.text):
        for fact in ("See you on Tuesday", "88213", "USD 125.00", "10 Feb 2026", "Sally Sales"):
            assert fact in said
        assert "not an invoice" in said
        assert "First Bank" not in said
        assert "Pay " not in said
    assert [link for link in Reading(content.html).links if "/pay/" in link] == []


def test_an_order_without_amounts_is_mailed_with_its_facts() -> None:
    content = order_email(OrderEmail(an_order_of_facts(), "", ""))
    assert content.subject == "Order confirmation 88213 from Bloom Wholesale (PO 7781)"
    assert "USD" not in content.text + content.html


def test_an_invoice_with_its_order_names_both() -> None:
    content = invoice_email(InvoiceEmail(an_invoice(), "Sally", "", an_order()))
    assert content.subject == invoice_email(mail(an_invoice())).subject
    for said in (Reading(content.html).text, content.text):
        assert (
            "Invoice INV-1042 for Blue Iris Florist and the confirmation of order 88213"
            " are attached as PDFs." in " ".join(said.split())
        )
    replaced = invoice_email(
        InvoiceEmail(an_invoice(version=2, corrected=True), "", "", an_order())
    ).text
    assert "INV-1042 replaces the one you have." in replaced


def test_no_name_can_begin_another_header_of_an_order_s_mail() -> None:
    content = order_email(OrderEmail(an_order(number="1\r\nBcc: spy@evil.test"), "", ""))
    message = EmailMessage()
    message["Subject"] = content.subject
    assert "Bcc" not in message
    assert "\n" not in content.subject


def test_the_mail_names_the_credit_that_can_be_used() -> None:
    own = invoice_email(InvoiceEmail(an_invoice(credit=usd(3000)), "Sally", ""))
    for part in (own.html, own.text):
        assert "Use your credit of USD 30.00 when you pay." in part
    none = invoice_email(InvoiceEmail(an_invoice(credit=usd(3000), pay_url=None), "Sally", ""))
    assert "credit" not in none.text
