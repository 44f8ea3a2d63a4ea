"""Making an ordered refund at Stripe: never twice, whatever answer is lost.

The order was committed before. Every try after the first looks the refund up before it asks again
under the same key; another key is taken only when Stripe answered that it failed and the look-up
finds nothing, because it would repeat that answer for a day.
"""

import logging
import secrets
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import AnyActor, Permission, require
from commands.approvals import request
from commands.desk import Desk
from commands.errors import GatewayUnavailable, PayError, PaymentNotBooked, Refused
from commands.people.actors import find_actor
from commands.ports import GatewayRefund, RefundRequest
from commands.refund.booking import book_refund
from renderers import block_kit
from storage import approvals, refunds
from storage.money import Money
from storage.refunds import OrderStatus, RefundOrder
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=30)
_GIVE_UP = timedelta(hours=20)  # Stripe forgets a key after a day


def carry_out_next(actor: AnyActor, desk: Desk) -> bool:
    """Take one order and make its refund; False when none is due. Failures are retried."""
    require(actor, Permission.MAKE_REFUND)
    with desk.database.reading() as session:
        if not refunds.anything_queued(session):
            return False
    order = _claim(actor, desk)
    if order is None:
        return False
    if order.status == "queued":
        _try(actor, desk, order)
    return True


def _try(actor: AnyActor, desk: Desk, order: RefundOrder) -> None:
    try:
        _make_and_book(actor, desk, order)
    except Refused as error:
        _end(actor, desk, order, "refused", error.sentence)
    except PayError as error:
        _postpone(actor, desk, order, error)
    except Exception:
        log.exception("a refund broke", extra={"order": order.id})
        _postpone(actor, desk, order, GatewayUnavailable("Something went wrong on our side."))


def _make_and_book(actor: AnyActor, desk: Desk, order: RefundOrder) -> None:
    made = _made(desk, order)
    if book_refund(actor, desk, refund=made) == "unmatched":
        raise PaymentNotBooked("The payment is not money in the ledger.")


def _made(desk: Desk, order: RefundOrder) -> GatewayRefund:
    if order.attempts > 1:
        for known in desk.gateway.refunds.of_payment(order.payment_id):
            if known.order_id == order.id:
                return known
    return desk.gateway.refunds.make(
        RefundRequest(
            order_id=order.id,
            key=f"refund:{order.id}:{order.key_number}",
            payment_id=order.payment_id,
            amount=Money(order.amount, order.currency),
            reason=order.reason,
        )
    )


@repeatable
def _claim(actor: AnyActor, desk: Desk) -> RefundOrder | None:
    """The order, leased; one that may no longer be carried out comes back refused."""
    real = desk.clock.real()
    with desk.database.writing() as session:
        order = refunds.next_order(session, real)
        if order is None:
            return None
        problem = "" if order.attempts else _forbidden(session, order)
        if problem:
            _close(session, actor, desk, order, "refused", problem)
            return order
        order.attempts += 1
        order.first_tried_at = order.first_tried_at or real
        order.lease_token, order.leased_until = secrets.token_hex(16), real + _LEASE
        session.add(order)
        return order


def _forbidden(session: Session, order: RefundOrder) -> str:
    """Why the people behind it may no longer do so; "" when they may."""
    asked, still_there = find_actor(session, order.requested_by)
    needed = Permission.ASK_FOR_REFUND if order.approved_by else Permission.REFUND
    if not (still_there and asked.may(needed)):
        return "Whoever ordered it may no longer do so."
    if not order.approved_by:
        return ""
    approver, still_there = find_actor(session, order.approved_by)
    if not (still_there and approver.may(Permission.APPROVE)):
        return "Whoever approved it may no longer do so."
    return ""


@repeatable
def _postpone(actor: AnyActor, desk: Desk, order: RefundOrder, error: PayError) -> None:
    real = desk.clock.real()
    with desk.database.writing() as session:
        row = refunds.held_by(session, order.id, order.lease_token)
        if row is None:  # the lease lapsed and somebody else has it now, or it is done
            return
        row.error = error.sentence
        if isinstance(error, GatewayUnavailable) and error.key_spent:
            row.key_number += 1
        row.lease_token = row.leased_until = None
        row.retry_at = real + min(_FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), _LONGEST_PAUSE)
        session.add(row)
        if real > (row.first_tried_at or real) + _GIVE_UP:
            _close(session, actor, desk, row, "unknown", error.sentence)
    log.warning("a refund is not made yet", extra={"order": order.id, "why": error.sentence})


@repeatable
def _end(actor: AnyActor, desk: Desk, order: RefundOrder, status: OrderStatus, error: str) -> None:
    with desk.database.writing() as session:
        row = refunds.held_by(session, order.id, order.lease_token)
        if row is not None:
            _close(session, actor, desk, row, status, error)


def _close(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    order: RefundOrder,
    status: OrderStatus,
    error: str,
) -> None:
    """It comes to no refund: the channel and whoever ordered it are told why."""
    order.status, order.error, order.finished_at = status, error, desk.clock.now()
    order.lease_token = order.leased_until = order.retry_at = None
    session.add(order)
    session.flush()
    if order.approval_id is not None:
        approvals.move(session, order.approval_id, "stopped", came_from="approved")
        approval = approvals.find(session, order.approval_id)
        if approval is not None:
            request.show_as_it_is(session, desk, approval)
    _tell(session, desk, order)
    detail: dict[str, Any] = {"status": status, "payment": order.payment_id, "why": error}
    auditing.record(session, actor, desk, "end_refund_order", order.id, **detail)


def _tell(session: Session, desk: Desk, order: RefundOrder) -> None:
    amount, now = Money(order.amount, order.currency), desk.clock.now()
    fate = {"refused": "was not made", "unknown": "may or may not have been made"}[order.status]
    text = f"The refund of {block_kit.money(amount)} of {order.payment_id} {fate}. {order.error}"
    if order.status == "unknown":
        text += " Please look at the payment in Stripe before anybody refunds it again."
    for channel in (desk.policy.payments_channel, order.requested_by):
        key = f"refund-order:{order.id}:{order.status}:{channel}"
        outbox.queue_notice(session, key=key, text=text, channel=channel, now=now)
