"""The state machine of a payment: whatever the gateway tells, in whatever order, once.

The caller has just read the session at the gateway. Money that was captured always gets a row;
it is laid on invoices only as far as our own attempt says and the ledger still has open.
"""

from typing import Literal

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.errors import Refused
from commands.ports import CheckoutSession, GatewayPayment
from commands.rules import allocation
from commands.take_payment import announce, attempts, booking, overlap
from commands.take_payment.booking import Owner
from storage import checkouts, customers, invoices, payments
from storage.checkouts import AttemptStatus, CheckoutAttempt
from storage.money import Money
from storage.payments import Payment, PaymentStatus
from storage.unit_of_work import repeatable

Outcome = Literal["applied", "unmatched", "ignored"]


@repeatable
def settle_session(actor: AnyActor, desk: Desk, *, session: CheckoutSession) -> Outcome:
    """Bring the ledger to what the session says; saying it again changes nothing.

    "unmatched": no attempt of ours explains it. Raises `Refused` for the other mode (test, live).
    """
    require(actor, Permission.SETTLE_PAYMENT)
    if session.livemode != desk.policy.livemode:
        raise Refused("The session belongs to the other mode (test or live) of the account.")
    with desk.database.writing() as held:
        attempt = _attempt_of(held, session)
        if attempt is None:
            return _book_unexplained(held, actor, desk, session.payment, session.attempt_id)
        customers.lock(held, attempt.customer_id)
        held.refresh(attempt)
        _apply(held, actor, desk, attempt, session)
        return "applied"


@repeatable
def settle_unexplained(actor: AnyActor, desk: Desk, *, payment: GatewayPayment) -> Outcome:
    """A payment that no checkout session made: recorded for a person, laid on nothing."""
    require(actor, Permission.SETTLE_PAYMENT)
    with desk.database.writing() as held:
        return _book_unexplained(held, actor, desk, payment, payment.attempt_id)


def _attempt_of(held: Session, session: CheckoutSession) -> CheckoutAttempt | None:
    """Ours if our id is on it and no other session was made for that attempt."""
    attempt = checkouts.find(held, session.attempt_id) if session.attempt_id else None
    if attempt is not None and attempt.session_id in {None, session.id}:
        return attempt
    return None


def _apply(
    held: Session,
    actor: AnyActor,
    desk: Desk,
    attempt: CheckoutAttempt,
    session: CheckoutSession,
) -> None:
    if attempt.session_id is None:  # the answer that named it was lost
        attempt.session_id, attempt.session_url = session.id, session.url
        attempt.session_expires_at = session.expires_at
    payment = session.payment
    status, money = _told(session)
    if status is not None:
        attempts.move(held, desk, attempt, status)
    if payment is not None and money is not None:
        attempt.payment_id, attempt.failure = payment.id, payment.failure
        held.add(attempt)
        _book(held, actor, desk, attempt, payment, money)


def _told(session: CheckoutSession) -> tuple[AttemptStatus | None, PaymentStatus | None]:
    """What the session means for the attempt and for the payment."""
    payment = session.payment
    if payment is not None and payment.status == "succeeded":
        return "paid", "succeeded"
    if payment is not None and payment.status == "processing":
        return "processing", "processing"
    if session.status == "complete" and payment is not None:
        return _ended(payment)
    if session.status == "expired":
        return "expired", None
    return "open" if session.status == "open" else None, None


def _ended(payment: GatewayPayment) -> tuple[AttemptStatus, PaymentStatus]:
    """The payer is done, the money is not there: it failed, or the bank asks something more."""
    if payment.status == "canceled":
        return "failed", "canceled"
    if payment.status == "failed":
        return "failed", "failed"
    return "processing", "processing"


def _book(
    held: Session,
    actor: AnyActor,
    desk: Desk,
    attempt: CheckoutAttempt,
    told: GatewayPayment,
    status: PaymentStatus,
) -> None:
    owner = Owner(attempt.customer_id, attempt)
    payment, changed = booking.book(held, desk, told, status, owner)
    if not changed:
        return
    numbers = list(checkouts.shares(held, attempt.id))
    if status == "succeeded":
        _lay(held, desk, attempt, payment)
        announce.send_receipt(held, desk, payment, attempt)
    event: announce.PaymentEvent = "failed"
    if status in {"succeeded", "processing"}:
        event = "paid" if status == "succeeded" else "processing"
    announce.tell(held, desk, payment, event=event, numbers=numbers)
    overlap.balances_changed(held, desk, numbers, change=f"{payment.id}:{status}")
    _audit(held, actor, desk, payment)


def _lay(held: Session, desk: Desk, attempt: CheckoutAttempt, payment: Payment) -> None:
    """Put the money where it was meant to go, as far as that is still open."""
    agreed = Money(attempt.amount, attempt.currency)
    arrived = Money(payment.amount, payment.currency)
    if arrived != agreed or payment.attempt_id != attempt.id:
        _warn(held, desk, payment, f"but {agreed} was agreed; none of it was put on an invoice")
        return
    shares = checkouts.shares(held, attempt.id)
    found = {row.number: row for row in invoices.find_all(held, list(shares))}
    open_now = {number: row.balance.minor for number, row in found.items()}
    plan = allocation.as_agreed(payment.amount, shares, open_now)
    for number, amount in plan.shares.items():
        payments.allocate(held, payment, found[number], amount)
    if plan.excess:
        excess = Money(plan.excess, payment.currency)
        _warn(held, desk, payment, f"but {excess} of it found no open invoice any more")


def _warn(held: Session, desk: Desk, payment: Payment, problem: str) -> None:
    customer = customers.find(held, payment.customer_id) if payment.customer_id else None
    who = f"{customer.name} ({customer.id})" if customer else "Somebody"
    arrived = Money(payment.amount, payment.currency)
    text = (
        f"{who} paid {arrived} ({payment.id}), {problem}. It is kept as unapplied credit: "
        "please put it on an invoice or refund it in Stripe."
    )
    announce.notify(held, desk, key=f"unapplied:{payment.id}", text=text)


def _book_unexplained(
    held: Session,
    actor: AnyActor,
    desk: Desk,
    told: GatewayPayment | None,
    attempt_id: str,
) -> Outcome:
    """Money without an attempt is never dropped; anything less than money is not ours to keep."""
    if told is None or told.status != "succeeded":
        return "ignored"
    attempt = checkouts.find(held, attempt_id) if attempt_id else None
    customer_id = attempt.customer_id if attempt else None
    if customer_id:
        customers.lock(held, customer_id)
    payment, changed = booking.book(held, desk, told, "succeeded", Owner(customer_id))
    if changed:
        _warn(held, desk, payment, "but no payment that we started explains it")
        _audit(held, actor, desk, payment)
    return "unmatched"


def _audit(held: Session, actor: AnyActor, desk: Desk, payment: Payment) -> None:
    laid = {row.invoice_number: row.amount for row in payments.allocations(held, payment.id)}
    auditing.record(
        held,
        actor,
        desk,
        "settle_payment",
        payment.id,
        status=payment.status,
        amount=payment.amount,
        currency=payment.currency,
        allocations=laid,
        unapplied=payment.unapplied,
    )
