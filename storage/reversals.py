"""Money that was taken elsewhere and taken back again; what Stripe gives back is a refund."""

from datetime import date

from sqlmodel import Field, Session, SQLModel, func, select

from storage import payments
from storage.columns import STRICT, Day, Json, Minor, Text, rule
from storage.invoices import Invoice
from storage.payments import Payment


class PaymentReversal(SQLModel, table=True):
    """Money taken back by staff or an imported row; its amount is part of `Payment.refunded`."""

    __tablename__ = "payment_reversals"
    __table_args__ = (rule("amount_positive", "amount > 0"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    part: int = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payments.id", index=True, sa_type=Text)
    amount: int = Field(sa_type=Minor)
    reversed_on: date = Field(sa_type=Day)
    # Of the imported row; empty: staff did it, and no import has told of it yet.
    digest: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    reversed_by: str = Field(default="", sa_type=Text)  # a Slack id
    # What it took off invoices, minor units by number.
    lines: dict[str, int] = Field(default_factory=dict, sa_type=Json)


def reversed_of(session: Session, payment_id: str) -> int:
    """Minor units of the payment that staff and imported rows took back."""
    own = select(func.sum(PaymentReversal.amount)).where(PaymentReversal.payment_id == payment_id)
    return int(session.exec(own).one() or 0)


def reverse(
    session: Session, payment: Payment, reversal: PaymentReversal, first_off: Invoice | None
) -> set[str]:
    """Take money of a payment back: off `first_off` first, then what is unapplied, then the rest.

    What the gateway has refunded and what is reversed here may be the same money, so the
    larger of the two sums counts. Returns the numbers of the invoices that lost an allocation.
    """
    session.add(reversal)
    session.flush()
    refunded = max(payment.refunded, reversed_of(session, payment.id))
    taken, before = refunded - payment.refunded, payments.allocations(session, payment.id)
    laid = {row.invoice_number: row.amount for row in before}
    if first_off is not None:
        payments.release_up_to(session, payment, first_off, taken)
    for row in reversed(payments.allocations(session, payment.id)):
        over = payment.allocated + refunded + payment.disputed - payment.amount
        invoice = session.get_one(Invoice, row.invoice_number)
        payments.release_up_to(session, payment, invoice, over)
    payment.refunded = refunded
    left = {row.invoice_number: row.amount for row in payments.allocations(session, payment.id)}
    moved = {number: amount - left.get(number, 0) for number, amount in laid.items()}
    reversal.lines = {number: amount for number, amount in moved.items() if amount}
    session.add_all((payment, reversal))
    session.flush()
    return set(reversal.lines)
