"""The six kinds of file: which columns they have, and how a row of cells is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commands.import_files import fields
from commands.import_files.fields import BadCell, Parser
from commands.import_files.report import KindName, Place, RowRefused
from commands.import_files.rows import (
    CustomerRow,
    InvoiceRow,
    LineRow,
    OrderRow,
    PaymentRow,
    Row,
    UserRow,
)


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
