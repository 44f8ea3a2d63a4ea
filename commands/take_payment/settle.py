"""The state machine of a payment: whatever the gateway tells, in whatever order, once.

The caller has just read the session at the gateway. Money that was captured always gets a row;
it is laid on invoices only as far as our own attempt says and the ledger still has open.
"""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.errors import Refused
from commands.ports import CheckoutSession, GatewayPayment
from commands.rules import allocation
from commands.take_payment import announce, attempts, booking, credit, overlap
from commands.take_payment.booking import Owner
from commands.take_payment.credit import Wanted
from renderers import block_kit
from renderers.slack_values import PaymentEvent
from storage import checkouts, credit_uses, customers, invoices, payments
from storage.checkouts import AttemptStatus, CheckoutAttempt
from storage.money import Money
from storage.payments import Payment, PaymentStatus
from storage.unit_of_work import repeatable

_EVENTS: dict[PaymentStatus, PaymentEvent] = {
    "processing": "processing",
    "succeeded": "paid",
    "failed": "failed",
    "canceled": "failed",
}
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
    imported = _imported(held, told)
    laid = [row.invoice_number for row in payments.allocations(held, told.id)]
    payment, changed = booking.book(held, desk, told, status, Owner(attempt.customer_id, attempt))
    _compare(held, desk, imported, told, attempt.customer_id)
    if not changed:
        return
    planned = credit_uses.planned(held, attempt.id)
    numbers = list(checkouts.shares(held, attempt.id) | planned)
    if status == "succeeded":
        if _lay(held, desk, attempt, payment) and planned:
            credit.use(held, actor, desk, _wanted(attempt, payment, planned))
        announce.send_receipt(held, desk, payment, attempt)
    elif status != "processing":
        announce.tell_of_failure(held, desk, payment, attempt)
    announce.tell(held, desk, payment, event=_EVENTS[status], numbers=numbers)
    overlap.balances_changed(held, desk, numbers + laid, change=f"{payment.id}:{status}")
    _audit(held, actor, desk, payment)


@dataclass(frozen=True, slots=True)
class _Imported:
    """What an import had said of a payment before the gateway did."""

    customer_id: str | None
    amount: Money


def _imported(held: Session, told: GatewayPayment) -> _Imported | None:
    row = payments.find(held, told.id)
    if row is None or row.source != "import":
        return None
    return _Imported(row.customer_id, Money(row.amount, row.currency))


def _compare(
    held: Session, desk: Desk, before: _Imported | None, told: GatewayPayment, customer_id: str
) -> None:
    """Point out where the import and the gateway tell different stories; "": nobody knows who."""
    if before is None:
        return
    same_customer = customer_id in {"", before.customer_id}
    if before.amount == told.amount and same_customer:
        return
    was, is_now = block_kit.money(before.amount), block_kit.money(told.amount)
    text = (
        f"Payment {told.id} was imported as {was} of customer {before.customer_id}; "
        f"Stripe says {is_now}"
    )
    whose = "" if same_customer else f" and the link says customer {customer_id}"
    text += f"{whose}. Please look at the invoices that it is laid on."
    announce.notify(held, desk, key=f"imported:{told.id}", text=text)


def _wanted(attempt: CheckoutAttempt, payment: Payment, planned: dict[str, int]) -> Wanted:
    """The credit that the payer agreed to use beside the money."""
    return Wanted(
        link_id=attempt.link_id,
        customer_id=attempt.customer_id,
        currency=attempt.currency,
        reference=attempt.reference,
        shares=planned,
        attempt_id=attempt.id,
        payment_id=payment.id,
    )


def _lay(held: Session, desk: Desk, attempt: CheckoutAttempt, payment: Payment) -> bool:
    """Put the money where it was meant to go, as far as that is still open; False: it is not
    what was agreed.
    """
    agreed = Money(attempt.amount, attempt.currency)
    arrived = Money(payment.amount, payment.currency)
    if arrived != agreed or payment.attempt_id != attempt.id:
        _warn(held, desk, payment, f"but {agreed} was agreed; none of it was put on an invoice")
        return False
    agreed_shares = checkouts.shares(held, attempt.id)
    # Oldest due first: where money went back already, what is missing is missing on the newest.
    found = {row.number: row for row in invoices.find_all(held, list(agreed_shares))}
    shares = {number: agreed_shares[number] for number in found}
    open_now = {number: row.balance.minor for number, row in found.items()}
    plan = allocation.as_agreed(payment.unapplied, shares, open_now)
    for number, amount in plan.shares.items():
        payments.allocate(held, payment, found[number], amount)
    if plan.excess:
        excess = Money(plan.excess, payment.currency)
        _warn(held, desk, payment, f"but {excess} of it found no open invoice any more")
    return True


def _warn(held: Session, desk: Desk, payment: Payment, problem: str) -> None:
    customer = customers.find(held, payment.customer_id) if payment.customer_id else None
    who = f"{customer.name} ({customer.id})" if customer else "Somebody"
    arrived = Money(payment.amount, payment.currency)
    text = (
        f"{who} paid {arrived} ({payment.id}), {problem}. It is kept as unapplied credit: "
        "please put it on an invoice, keep it or refund it."
    )
    key = f"unapplied:{payment.id}"
    announce.notify(held, desk, key=key, text=text, excess_of=payment.id)


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
    imported = _imported(held, told)
    customer_id = attempt.customer_id if attempt else None
    if locked := customer_id or (imported and imported.customer_id):
        customers.lock(held, locked)
    payment, changed = booking.book(held, desk, told, "succeeded", Owner(customer_id))
    _compare(held, desk, imported, told, customer_id or "")
    if changed:
        if imported is None:
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
