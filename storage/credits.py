"""Credit that lies on invoices: credit memos applied, and parts of payments."""

from typing import Any, Literal, NamedTuple

from sqlmodel import Session, col, select

from storage.invoices import Invoice
from storage.payments import CreditApplication, Payment, PaymentAllocation

Kind = Literal["memo", "payment"]


class Applied(NamedTuple):
    """`amount` (minor units) of a credit memo or a payment on an invoice."""

    kind: Kind
    source: str
    invoice_number: str
    amount: int
    currency: str


def applied(session: Session, customer_id: str, limit: int) -> list[Applied]:
    """What lies on invoices of the customer: memos, then payments, newest first."""
    found = [*_memos(session, customer_id, limit), *_payments(session, customer_id, limit)]
    return found[:limit]


def _memos(session: Session, customer_id: str, limit: int) -> list[Applied]:
    row = CreditApplication
    columns: list[Any] = [row.credit_number, row.invoice_number, row.amount, Invoice.currency]
    own = (
        select(*columns)
        .join(Invoice, col(Invoice.number) == row.credit_number)
        .where(Invoice.customer_id == customer_id)
        .order_by(col(Invoice.issue_date).desc(), row.credit_number, row.invoice_number)
    )
    return [Applied("memo", *found) for found in session.execute(own.limit(limit)).all()]


def _payments(session: Session, customer_id: str, limit: int) -> list[Applied]:
    row = PaymentAllocation
    columns: list[Any] = [row.payment_id, row.invoice_number, row.amount, Payment.currency]
    own = (
        select(*columns)
        .join(Payment, col(Payment.id) == row.payment_id)
        .where(Payment.customer_id == customer_id)
        .order_by(col(Payment.received_on).desc(), row.payment_id, row.invoice_number)
    )
    return [Applied("payment", *found) for found in session.execute(own.limit(limit)).all()]
