"""The six kinds of file: their columns, and each row as a value. None: the cell was left empty."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commands.import_files import fields
from commands.import_files.fields import BadCell, Parser
from commands.import_files.report import KindName, Place, RowRefused

_STRIPE_PAYMENT = re.compile(r"\bpi_[A-Za-z0-9_]+", re.ASCII)


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
    """Which payment a row is about: an id or reference naming Stripe's payment is that payment."""
    found = _STRIPE_PAYMENT.search(payment_id) or _STRIPE_PAYMENT.search(reference)
    return found[0] if found else payment_id


Row = UserRow | CustomerRow | OrderRow | InvoiceRow | LineRow | PaymentRow


@dataclass(frozen=True, slots=True)
class Kind:
    name: KindName
    row: Callable[..., Row]
    required: Mapping[str, Parser]
    optional: Mapping[str, Parser]
    mark: str  # the column that no other kind has

    @property
    def columns(self) -> dict[str, Parser]:
        return {**self.required, **self.optional}


KINDS = (
    Kind(
        "users",
        UserRow,
        {"slack_user_id": fields.key, "name": fields.name, "email": fields.address_of},
        {"roles": fields.roles},
        "slack_user_id",
    ),
    Kind(
        "orders",
        OrderRow,
        {"order_number": fields.key, "customer_id": fields.key, "order_date": fields.day},
        {"po_number": fields.text, "status": fields.text},
        "order_date",
    ),
    Kind(
        "invoices",
        InvoiceRow,
        {"invoice_number": fields.key, "customer_id": fields.key, "issue_date": fields.day},
        {
            "order_number": fields.key,
            "due_date": fields.day,
            "currency": fields.currency,
            "po_number": fields.text,
            "notes": fields.text,
            "version": fields.count(1, 999_999),
            "total": fields.decimal,
            "status": fields.lifecycle,
            "applies_to": fields.key,
        },
        "issue_date",
    ),
    Kind(
        "invoice_lines",
        LineRow,
        {
            "invoice_number": fields.key,
            "line": fields.count(1, 999_999),
            "quantity": fields.decimal,
            "unit_price": fields.decimal,
        },
        {"description": fields.text, "unit": fields.text, "tax_rate": fields.percentage},
        "unit_price",
    ),
    Kind(
        "payments",
        PaymentRow,
        {
            "payment_id": fields.key,
            "customer_id": fields.key,
            "date": fields.day,
            "amount": fields.decimal,
        },
        {
            "currency": fields.currency,
            "method": fields.text,
            "reference": fields.text,
            "invoice_number": fields.key,
        },
        "payment_id",
    ),
    # Last: its own columns are found in no other kind only when taken together.
    Kind(
        "customers",
        CustomerRow,
        {"customer_id": fields.key, "name": fields.name},
        {
            "invoice_emails": fields.addresses,
            "statement_emails": fields.addresses,
            "billing_address": fields.text,
            "tax_id": fields.text,
            "phone": fields.text,
            "group": fields.text,
            "currency": fields.currency,
            "terms_days": fields.count(0, 3650),
            "payment_links_enabled": fields.boolean,
            "auto_invoice": fields.boolean,
            "sales_rep": fields.key,
            "preferred_method": fields.method,
            "locale": fields.locale,
        },
        "name",
    ),
)


def parse(
    kind: Kind, place: Place, header: Sequence[str], cells: Sequence[str]
) -> Row | list[RowRefused]:
    """The row, or everything that is wrong with it at once."""
    parsers, values, wrong = kind.columns, dict[str, Any](), list[RowRefused]()
    for column, cell in zip(header, cells, strict=True):
        if not cell and column in kind.required:
            wrong.append(RowRefused(place, column, f"{column} is empty: each row needs it"))
        elif cell:
            try:
                values[column] = parsers[column](column, cell)
            except BadCell as error:
                wrong.append(RowRefused(place, column, str(error)))
    return wrong or kind.row(place=place, **values)
