"""Payment rows: one for each PaymentIntent, moving only forward."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands.desk import Desk
from commands.ports import GatewayPayment
from storage import payments
from storage.checkouts import CheckoutAttempt
from storage.payments import Payment, PaymentStatus

# What may follow what; a late word changes nothing.
_NEXT: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    "processing": frozenset({"succeeded", "failed", "canceled"}),
    "failed": frozenset({"succeeded"}),
    "canceled": frozenset({"succeeded"}),
    "succeeded": frozenset(),
}
BANK_DEBIT_DAYS = 4  # business days, at most, until a bank debit is known to have settled
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose payment it is: None where nobody knows yet."""

    customer_id: str | None = None
    attempt: CheckoutAttempt | None = None


def book(
    session: Session, desk: Desk, told: GatewayPayment, status: PaymentStatus, owner: Owner
) -> tuple[Payment, bool]:
    """The payment's row, and whether it came to `status` just now."""
    row = payments.lock(session, told.id)
    adopted = row is not None and row.status == status and _adopt(session, row, owner)
    changed = row is None or adopted or status in _NEXT[row.status]
    if row is None:
        row = _new(session, desk, told, status, owner)
    if changed:
        _update(desk, row, told, status)
        session.add(row)
        session.flush()
    return row, changed


def _adopt(session: Session, row: Payment, owner: Owner) -> bool:
    """Give money that nobody explained to the attempt that explains it after all."""
    attempt = owner.attempt
    unexplained = row.source == "gateway" and row.attempt_id is None and row.allocated == 0
    if attempt is None or not unexplained or row.customer_id not in {None, owner.customer_id}:
        return False
    if payments.of_attempt(session, attempt.id) is not None:
        return False
    row.customer_id, row.attempt_id = owner.customer_id, attempt.id
    row.reference = attempt.reference
    return True


def _new(
    session: Session, desk: Desk, told: GatewayPayment, status: PaymentStatus, owner: Owner
) -> Payment:
    attempt = owner.attempt
    taken = attempt is not None and payments.of_attempt(session, attempt.id) is not None
    return Payment(
        id=told.id,
        customer_id=owner.customer_id,
        currency=told.amount.currency,
        amount=told.amount.minor,
        status=status,
        source="gateway",
        method=told.method,
        reference=attempt.reference if attempt else "",
        attempt_id=attempt.id if attempt and not taken else None,
        received_on=desk.policy.today(told.created or desk.clock.now()),
        recorded_at=desk.clock.now(),
    )


def _update(desk: Desk, row: Payment, told: GatewayPayment, status: PaymentStatus) -> None:
    if row.status == "processing" and status == "succeeded":
        row.received_on = desk.policy.today(desk.clock.now())
    row.status = status
    row.method = told.method or row.method
    row.method_detail = told.method_detail or row.method_detail
    row.payer_email = told.payer_email or row.payer_email
    row.statement_descriptor = told.statement_descriptor or row.statement_descriptor
    row.failure = told.failure if status in {"failed", "canceled"} else ""
    row.expected_by = add_business_days(row.received_on) if status == "processing" else None


def add_business_days(day: date, count: int = BANK_DEBIT_DAYS) -> date:
    """`count` days after `day`, Saturdays and Sundays left out."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day
