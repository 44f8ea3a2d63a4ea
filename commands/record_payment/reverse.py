"""Taking back a payment taken elsewhere: a cheque that bounced, an amount typed wrong."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing, reasons
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.import_files.rows import stripe_payment
from commands.take_payment import announce, overlap
from storage import customers, payments, payments_taken, reversals
from storage.money import Money
from storage.payments import Payment
from storage.reversals import PaymentReversal
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class Reversible:
    """What the form shows before anything happens."""

    payment_id: str
    customer_name: str
    amount: Money
    method: str
    invoice_numbers: tuple[str, ...]


@audited("look_at_reversal", about="payment_id")
def look(actor: Actor, desk: Desk, *, payment_id: str) -> Reversible:
    """Raises `NotFound`, or `Refused` for what cannot be reversed here."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.reading() as session:
        payment = payments.find(session, payment_id)
        left = _left(payment)
        assert payment is not None
        customer = customers.find(session, payment.customer_id or "")
        laid = [row.invoice_number for row in payments.allocations(session, payment_id)]
    return Reversible(
        payment.id,
        customer.name if customer else "",
        Money(left, payment.currency),
        payment.method_detail or payment.method,
        tuple(laid),
    )


@audited("reverse_payment", about="payment_id")
@repeatable
def reverse(actor: Actor, desk: Desk, *, payment_id: str, reason: str) -> str:
    """Take back all of it: balances open again, the history stays. Returns the customer's name.

    Raises `NotFound`, `InvalidInput`, or `Refused` for a Stripe payment and for one reversed
    before.
    """
    require(actor, Permission.RECORD_PAYMENT)
    reason = reasons.fitting(reason)
    with desk.database.writing() as session:
        payment = _held(session, payment_id)
        reversal = PaymentReversal(
            id=f"rev_{payment.id}",
            part=len(payments_taken.reversals(session, payment.id)) + 1,
            payment_id=payment.id,
            amount=_left(payment),
            reversed_on=desk.policy.today(desk.clock.now()),
            reason=reason,
            reversed_by=actor.id,
        )
        moved = sorted(reversals.reverse(session, payment, reversal, None))
        _tell(session, desk, payment, reversal, moved)
        money: dict[str, Any] = {"amount": reversal.amount, "currency": payment.currency}
        detail = money | {"reason": reason, "invoices": moved}
        auditing.record(session, actor, desk, "reverse_payment", payment.id, **detail)
        customer = customers.find(session, payment.customer_id or "")
        return customer.name if customer else ""


def _held(session: Session, payment_id: str) -> Payment:
    found = payments.find(session, payment_id)
    if found is not None and found.customer_id:
        customers.lock(session, found.customer_id)
    held = payments.lock(session, payment_id)
    _left(held)
    assert held is not None
    return held


def _left(payment: Payment | None) -> int:
    """Minor units that can be taken back; raises why none can."""
    if payment is None:
        raise NotFound("That payment is not known.")
    if payment.source == "gateway" or stripe_payment(payment.id):
        raise Refused(
            f"{payment.id} is a Stripe payment: the money goes back with /pay refund, and the"
            " balance opens by itself."
        )
    left = payment.amount - payment.refunded - payment.disputed
    if left <= 0:
        raise Refused(f"{payment.id} was reversed already.")
    return left


def _tell(
    session: Session, desk: Desk, payment: Payment, reversal: PaymentReversal, moved: list[str]
) -> None:
    change = f"{reversal.id}:{reversal.part}"
    announce.tell_of_reversal(session, desk, payment, numbers=moved, change=change)
    overlap.balances_changed(session, desk, moved, change=change)
