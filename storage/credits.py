"""Credit memos and parts of payments: those that lie on invoices, and those that still can."""

from typing import Any, Literal, NamedTuple

from sqlmodel import Session, col, func, select

from storage.invoices import OPEN, Invoice
from storage.payments import UNAPPLIED, CreditApplication, Payment, PaymentAllocation

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


def laid_on(session: Session, invoice_number: str) -> int:
    """Minor units of credit memos that lie on the invoice."""
    own = select(func.sum(CreditApplication.amount)).where(
        CreditApplication.invoice_number == invoice_number
    )
    return int(session.exec(own).one() or 0)


def on_any(session: Session, invoice_numbers: list[str]) -> bool:
    """Whether a credit memo lies on one of these."""
    own = select(CreditApplication.credit_number).where(
        col(CreditApplication.invoice_number).in_(invoice_numbers)
    )
    return session.exec(own.limit(1)).first() is not None


class Available(NamedTuple):
    """`amount` (minor units) of a credit memo or a payment that lies on no invoice."""

    kind: Kind
    source: str
    amount: int


def available(session: Session, customer_id: str, currency: str) -> list[Available]:
    """The customer's credit in that currency: memos, then payments, oldest first."""
    memos = select(Invoice).where(
        Invoice.customer_id == customer_id,
        Invoice.currency == currency,
        col(Invoice.total) < 0,
        OPEN,
    )
    by_age = memos.order_by(col(Invoice.due_date), Invoice.number)
    found = [Available("memo", row.number, -row.balance.minor) for row in session.exec(by_age)]
    money = select(Payment).where(
        Payment.customer_id == customer_id, Payment.currency == currency, UNAPPLIED
    )
    received = money.order_by(col(Payment.received_on), Payment.id)
    return found + [Available("payment", row.id, row.unapplied) for row in session.exec(received)]
