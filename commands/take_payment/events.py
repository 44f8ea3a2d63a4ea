"""The inbox of webhooks: stored at once, handled by a worker from what the gateway says now."""

import logging
import uuid
from datetime import datetime, timedelta

from commands.access import AnyActor, Permission, require
from commands.compare_gateway.fees import learn_fee
from commands.desk import Desk
from commands.dispute import booking as dispute_booking
from commands.errors import PayError, PaymentNotBooked
from commands.payments_account import service as payments_account
from commands.ports import ReceivedEvent
from commands.refund import booking as refund_booking
from commands.take_payment import announce, settle
from storage import gateway_events
from storage.gateway_events import EventStatus, GatewayEvent
from storage.unit_of_work import may_pass, repeatable

log = logging.getLogger(__name__)

_SESSION_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
_PAYMENT_EVENTS = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.canceled",
        "charge.succeeded",
    }
)
_REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refunded"})
_DISPUTE_EVENTS = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
# The fee becomes known a moment after the charge has succeeded.
_FEE_EVENT, _ACCOUNT_EVENT = "charge.updated", "account.updated"
# All that matter here; Stripe lists twenty types at most.
EVENT_TYPES = (
    _SESSION_EVENTS
    | _PAYMENT_EVENTS
    | _REFUND_EVENTS
    | _DISPUTE_EVENTS
    | {_FEE_EVENT, _ACCOUNT_EVENT}
)
# A charge that no PaymentIntent made is none of ours: a person has to look.
_TO_BE_LOOKED_AT = {
    "charge.succeeded": "a charge without a payment was made",
    "charge.refunded": "a charge without a payment was refunded",
    "charge.dispute.created": "a charge without a payment was disputed",
}
_LEASE = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_MOST_ATTEMPTS = 40  # about a day and a half of an unreachable gateway
_MOST_SURPRISES = 6  # attempts that ended in an error of our own


@repeatable
def store_event(desk: Desk, received: ReceivedEvent) -> bool:
    """Keep a verified event under its id; False when it was known."""
    row = GatewayEvent(
        id=received.id,
        type=received.type,
        object_id=received.object_id,
        payload=received.payload,
        received_at=desk.clock.real(),
    )
    with desk.database.writing() as session:
        return gateway_events.store(session, row)


def handle_next(actor: AnyActor, desk: Desk) -> bool:
    """Take one event from the inbox and apply it; False when none is due. Failures are retried."""
    require(actor, Permission.SETTLE_PAYMENT)
    event = _claim(desk)
    if event is None:
        return False
    try:
        status = _apply(actor, desk, event)
    except PayError as error:
        _postpone(desk, event, error.sentence, final=not error.retryable)
    except Exception as error:
        about = {"event_id": event.id, "type": event.type}
        log.exception("an event could not be handled", extra=about)
        final = event.attempts >= _MOST_SURPRISES and not may_pass(error)
        _postpone(desk, event, type(error).__name__, final=final)
    else:
        _finish(desk, event, status)
    return True


@repeatable
def _claim(desk: Desk) -> GatewayEvent | None:
    real = desk.clock.real()
    with desk.database.writing() as session:
        event = gateway_events.next_due(session, real)
        if event is None:
            return None
        event.attempts += 1
        event.lease_token, event.leased_until = uuid.uuid4().hex, real + _LEASE
        session.add(event)
        return event


def _apply(actor: AnyActor, desk: Desk, event: GatewayEvent) -> EventStatus:
    if event.type in _SESSION_EVENTS:
        told = desk.gateway.checkouts.find(event.object_id)
        return _status(settle.settle_session(actor, desk, session=told))
    if event.type == _ACCOUNT_EVENT:
        payments_account.keep(actor, desk, reading=desk.gateway.account.read())
        return "handled"
    payment_id = _payment_id(event)
    if payment_id:
        return _apply_to(actor, desk, event, payment_id)
    _point_out(desk, event)
    return "ignored"


def _apply_to(actor: AnyActor, desk: Desk, event: GatewayEvent, payment_id: str) -> EventStatus:
    if event.type in _REFUND_EVENTS:
        return _apply_refunds(actor, desk, payment_id)
    if event.type in _DISPUTE_EVENTS:
        return _apply_dispute(actor, desk, event.object_id)
    if event.type == _FEE_EVENT:
        return "handled" if learn_fee(actor, desk, payment_id=payment_id) else "ignored"
    return _apply_payment(actor, desk, payment_id) if event.type in _PAYMENT_EVENTS else "ignored"


def _apply_payment(actor: AnyActor, desk: Desk, payment_id: str) -> EventStatus:
    told = desk.gateway.payments.session_of(payment_id)
    if told is not None:
        return _status(settle.settle_session(actor, desk, session=told))
    payment = desk.gateway.payments.find(payment_id)
    return _status(settle.settle_unexplained(actor, desk, payment=payment))


def _apply_refunds(actor: AnyActor, desk: Desk, payment_id: str) -> EventStatus:
    """All of the payment's refunds as they are now, whichever the event was about."""
    for refund in desk.gateway.refunds.of_payment(payment_id):
        if refund_booking.book_refund(actor, desk, refund=refund) == "unmatched":
            _apply_payment(actor, desk, payment_id)
            if refund_booking.book_refund(actor, desk, refund=refund) == "unmatched":
                raise _not_booked(payment_id)
    return "handled"


def _apply_dispute(actor: AnyActor, desk: Desk, dispute_id: str) -> EventStatus:
    dispute = desk.gateway.disputes.find(dispute_id)
    if dispute_booking.book_dispute(actor, desk, dispute=dispute) == "unmatched":
        _apply_payment(actor, desk, dispute.payment_id)
        if dispute_booking.book_dispute(actor, desk, dispute=dispute) == "unmatched":
            raise _not_booked(dispute.payment_id)
    return "handled"


def _not_booked(payment_id: str) -> PaymentNotBooked:
    return PaymentNotBooked(f"Money of the payment {payment_id} went back before it had arrived.")


def _status(outcome: settle.Outcome) -> EventStatus:
    return "handled" if outcome == "applied" else outcome


def _payment_id(event: GatewayEvent) -> str:
    if event.type.startswith("payment_intent."):
        return event.object_id
    return str(event.payload.get("payment_intent") or "")


@repeatable
def _point_out(desk: Desk, event: GatewayEvent) -> None:
    happened = _TO_BE_LOOKED_AT.get(event.type)
    if happened is None:
        return
    text = f"In Stripe {happened} ({event.object_id})."
    text += " The ledger does not know of it: please look at it."
    with desk.database.writing() as session:
        announce.notify(session, desk, key=f"{event.type}:{event.object_id}", text=text)


@repeatable
def _finish(desk: Desk, event: GatewayEvent, status: EventStatus) -> None:
    with desk.database.writing() as session:
        row = gateway_events.held_by(session, event.id, event.lease_token)
        if row is None:  # the lease lapsed and somebody else has it now
            return
        row.status, row.handled_at, row.error = status, desk.clock.real(), None
        row.lease_token = row.leased_until = row.retry_at = None
        session.add(row)


@repeatable
def _postpone(desk: Desk, event: GatewayEvent, reason: str, *, final: bool) -> None:
    with desk.database.writing() as session:
        row = gateway_events.held_by(session, event.id, event.lease_token)
        if row is None:
            return
        row.error = reason
        row.lease_token = row.leased_until = None
        row.retry_at = _next_try(desk.clock.real(), row.attempts)
        if final or row.attempts >= _MOST_ATTEMPTS:
            row.status, row.retry_at = "failed", None
            text = f"Stripe's event {row.id} ({row.type}) could not be handled: {reason}"
            announce.notify(session, desk, key=f"event-failed:{row.id}", text=text)
        session.add(row)


def _next_try(real: datetime, attempts: int) -> datetime:
    pause: timedelta = _FIRST_PAUSE * 2 ** min(attempts - 1, 10)
    return real + min(pause, _LONGEST_PAUSE)
