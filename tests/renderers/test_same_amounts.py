"""One amount, five renderings: PDF, mail (HTML and text), page and Slack card agree."""

import html
from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from renderers import formats
from renderers.documents import InvoiceEmail
from renderers.emails import invoice_email
from renderers.html_to_pdf import PdfPool
from renderers.invoice_pdf import invoice_html
from renderers.pages import pay_page
from renderers.slack_blocks import mail_card
from storage.money import Money
from tests.documents import a_card, a_page_invoice, a_pay_page, an_invoice

CURRENCIES = ("USD", "EUR", "GBP", "CAD", "JPY", "KWD")
LOCALES = ("en_US", "de_DE", "fr_FR", "ja_JP", "de_CH", "sv_SE")


@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    minor=st.integers(1, 10**11),
    paid=st.integers(0, 10**6),
    currency=st.sampled_from(CURRENCIES),
    locale=st.sampled_from(LOCALES),
)
def test_every_rendering_shows_the_same_balance(
    pdfs: PdfPool, minor: int, paid: int, currency: str, locale: str
) -> None:
    balance, settled = Money(minor, currency), Money(paid, currency)
    total = balance + settled
    document = an_invoice(total, paid=settled, balance=balance, locale=locale)
    mail = invoice_email(InvoiceEmail(document, "", ""))
    row = a_page_invoice(balance, total=total, settled=settled)
    pdf = PdfReader(BytesIO(pdfs.render(invoice_html(document), title="x")))

    shown = formats.money(balance, locale)
    assert f"Balance due {shown}" in " ".join(pdf.pages[0].extract_text().split())
    assert f">Pay {shown}</a>" in html.unescape(mail.html)
    assert f"Balance due: {shown}" in mail.text
    assert shown in mail.subject
    page = pay_page(a_pay_page(balance, locale=locale, invoices=(row,)))
    assert f'<p class="amount">{shown}</p>' in html.unescape(page)
    card = mail_card(a_card(total, balance=balance))
    assert formats.money(balance, "en_US") in str(card.blocks)
