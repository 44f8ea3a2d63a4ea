"""Mails as a mail program draws them: by day, in dark mode, on a phone, without any picture."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from renderers.documents import EmailContent, InvoiceEmail, OrderEmail
from renderers.emails import invoice_email, order_email, receipt_email, refund_email
from renderers.statement_emails import statement_email
from renderers.statement_values import StatementEmail
from tests.browsers import NEEDS_CHROMIUM, PHONE, accessibility_faults, chromium, watched_page
from tests.documents import (
    a_credit_memo,
    a_paid_invoice,
    a_receipt,
    a_refund_mail,
    an_invoice,
    an_order,
)
from tests.renderers.statements import a_statement

pytestmark = NEEDS_CHROMIUM

MAILS: dict[str, Callable[[], EmailContent]] = {
    "an invoice": lambda: invoice_email(InvoiceEmail(an_invoice(), "Sally", "Thank you.")),
    "a paid one": lambda: invoice_email(InvoiceEmail(a_paid_invoice(), "Sally", "")),
    "a credit memo": lambda: invoice_email(InvoiceEmail(a_credit_memo(), "Sally", "")),
    "an order": lambda: order_email(OrderEmail(an_order(), "Sally", "")),
    "a statement": lambda: statement_email(StatementEmail(a_statement(), "Sally", "")),
    "a receipt": lambda: receipt_email(a_receipt()),
    "a refund": lambda: refund_email(a_refund_mail()),
}


OUTSIDE = ("landmark-one-main", "page-has-heading-one", "region")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_can_be_read(browser: Browser, name: str, scheme: Literal["light", "dark"]) -> None:
    with watched_page(browser, PHONE) as page:
        page.route("**/*", lambda route: route.abort())  # images off, and all else from outside
        page.emulate_media(color_scheme=scheme)
        page.set_content(MAILS[name]().html)
        # A mail has no landmarks: mail programs put it inside a page of their own.
        ours = [f for f in accessibility_faults(page) if not f.startswith(OUTSIDE)]
        assert ours == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
