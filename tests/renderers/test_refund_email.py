from dataclasses import replace

from renderers.documents import InvoiceEmail
from renderers.emails import invoice_email, refund_email
from renderers.invoice_pdf import invoice_html
from tests.documents import PAY_URL, a_refund_mail, an_invoice, usd


def test_the_customer_is_told_how_much_went_where_and_what_is_to_pay() -> None:
    content = refund_email(a_refund_mail())
    assert content.subject == "Refund from Bloom Wholesale \N{EN DASH} USD 25.00"
    for text in (content.html, content.text):
        for fact in ("re_000123", "Visa ending in 4242", "14 Mar 2026", "INV-1042", "USD 125.00"):
            assert fact in text


def test_a_refund_of_credit_names_no_invoice() -> None:
    content = refund_email(a_refund_mail(lines=()))
    assert "taken from" not in content.text + content.html


def test_a_disputed_invoice_asks_for_nothing_in_mail_and_pdf() -> None:
    document = replace(an_invoice(), disputed=True, pay_url=PAY_URL)
    content = invoice_email(InvoiceEmail(document, "Sally", ""))
    assert "payment in dispute" in content.subject
    for text in (content.html, content.text, invoice_html(document)):
        assert PAY_URL not in text
        assert "in dispute" in text
        assert "Remit" not in text
    assert document.balance == usd(12500)
