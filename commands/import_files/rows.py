"""Each row as a value. None: the cell was left empty, or the file has no such column."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commands.import_files.report import Place

_STRIPE_PAYMENT = re.compile(r"\bpi_[A-Za-z0-9_]+", re.ASCII)
_OWN_PAYMENT = re.compile(r"\brec_[a-z2-7]{16}\b", re.ASCII)  # as record_payment makes them


@dataclass(slots=True)
class UserRow:
    place: Place
    slack_user_id: str
    name: str
    email: str
    roles: list[str] | None = None


@dataclass(slots=True)
class CustomerRow:
    place: Place
    customer_id: str
    name: str
    invoice_emails: list[str] | None = None
    statement_emails: list[str] | None = None
    billing_address: str | None = None
    tax_id: str | None = None
    phone: str | None = None
    group: str | None = None
    currency: str | None = None
    terms_days: int | None = None
    payment_links_enabled: bool | None = None
    auto_invoice: bool | None = None
    sales_rep: str | None = None
    preferred_method: str | None = None
    locale: str | None = None


@dataclass(slots=True)
class OrderRow:
    place: Place
    order_number: str
    customer_id: str
    order_date: date
    po_number: str | None = None
    status: str | None = None


@dataclass(slots=True)
class InvoiceRow:
    place: Place
    invoice_number: str
    customer_id: str
    issue_date: date
    order_number: str | None = None
    due_date: date | None = None
    currency: str | None = None
    po_number: str | None = None
    notes: str | None = None
    version: int | None = None
    total: Decimal | None = None
    status: str | None = None
    applies_to: str | None = None


@dataclass(slots=True)
class LineRow:
    place: Place
    invoice_number: str
    line: int
    quantity: Decimal
    unit_price: Decimal
    description: str | None = None
    unit: str | None = None
    tax_rate: Decimal | None = None


@dataclass(slots=True)
class PaymentRow:
    place: Place
    payment_id: str
    customer_id: str
    date: date
    amount: Decimal
    currency: str | None = None
    method: str | None = None
    reference: str | None = None
    invoice_number: str | None = None

    @property
    def key(self) -> str:
        return payment_key(self.payment_id, self.reference or "")


def payment_key(payment_id: str, reference: str) -> str:
    """Which payment a row is about: an id or reference naming Stripe's payment, or one that was
    recorded here, is that payment.
    """
    found = (search(text) for search in _NAMES for text in (payment_id, reference))
    return next((name for name in found if name), payment_id)


def stripe_payment(text: str) -> str:
    """The Stripe payment that is named somewhere in `text`, or ""."""
    found = _STRIPE_PAYMENT.search(text)
    return found[0] if found else ""


def own_payment(text: str) -> str:
    """The payment recorded by our staff that is named somewhere in `text`, or ""."""
    found = _OWN_PAYMENT.search(text)
    return found[0] if found else ""


_NAMES = (stripe_payment, own_payment)


Row = UserRow | CustomerRow | OrderRow | InvoiceRow | LineRow | PaymentRow
