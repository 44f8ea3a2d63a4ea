"""Refunds as Stripe tells them: each counts once, whatever the order of the words.

The caller has just read the refund at Stripe. What it takes is taken off the invoices that the
person chose, else as `storage.money_back.settle` has it; a refund that fails gives it back.
"""

from typing import Literal

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, require
from commands.approvals import request
from commands.desk import Desk
from commands.ports import GatewayRefund
from commands.refund import news
from commands.take_payment import held_payment, overlap
from storage import approvals, money_back, refunds
from storage.payments import Payment
from storage.refunds import NEXT, Refund, RefundOrder
from storage.unit_of_work import repeatable

Outcome = Literal["applied", "unmatched"]


@repeatable
def book_refund(actor: AnyActor, desk: Desk, *, refund: GatewayRefund) -> Outcome:
    """Bring the ledger to what the refund says; saying it again changes nothing.

    "unmatched": the ledger does not have the payment as money.
    """
    require(actor, Permission.SETTLE_PAYMENT)
    with desk.database.writing() as session:
        payment = held_payment.hold(session, refund.payment_id, refund.amount.currency)
        if payment is None:
            return "unmatched"
        order = _order_of(session, refund)
        row = refunds.find(session, refund.id)
        changed = row is None or refund.status in NEXT[row.status]
        if row is None:
            row = _new(session, desk, refund, order)
        if order is not None:
            _finish(session, desk, order, row)
        if changed:
            row.status, row.failure, row.changed_at = (
                refund.status,
                refund.failure,
                desk.clock.now(),
            )
            session.add(row)
            session.flush()
            _apply(session, actor, desk, payment, row)
        return "applied"


def _order_of(session: Session, refund: GatewayRefund) -> RefundOrder | None:
    """Ours if our id is on it, it is about the same payment, and has made no other refund."""
    order = refunds.lock_order(session, refund.order_id) if refund.order_id else None
    if order is None or order.payment_id != refund.payment_id:
        return None
    return order if order.refund_id in {None, refund.id} else None


def _new(session: Session, desk: Desk, refund: GatewayRefund, order: RefundOrder | None) -> Refund:
    row = Refund(
        id=refund.id,
        payment_id=refund.payment_id,
        currency=refund.amount.currency,
        amount=refund.amount.minor,
        status=refund.status,
        reason=refund.reason,
        requested_by=order.requested_by if order else "",
        approved_by=order.approved_by if order else "",
        note=order.note if order else "",
        chosen=order.shares if order else {},
        made_at=refund.created,
        changed_at=desk.clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def _finish(session: Session, desk: Desk, order: RefundOrder, row: Refund) -> None:
    """Stripe has made it: whatever answer was lost, the order is done."""
    if order.status == "done":
        return
    order.status, order.refund_id, order.error = "done", row.id, ""
    order.lease_token = order.leased_until = order.retry_at = None
    order.finished_at = desk.clock.now()
    session.add(order)
    session.flush()
    if order.approval_id is not None:
        approvals.move(session, order.approval_id, "done", came_from="approved")
        approval = approvals.find(session, order.approval_id)
        if approval is not None:
            request.show_as_it_is(session, desk, approval)


def _apply(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    payment: Payment,
    row: Refund,
) -> None:
    meant = held_payment.invoice_numbers(session, payment)
    before = refunds.lines(session, row.id)
    moved = money_back.settle(session, payment)
    own = before | refunds.lines(session, row.id)
    news.tell(session, desk, row, numbers=list(own) or meant)
    if row.status == "succeeded":
        news.mail(session, desk, row, payment)
    change = f"{row.id}:{row.status}"
    overlap.balances_changed(session, desk, [*moved, *meant], change=change)
    auditing.record(
        session,
        actor,
        desk,
        "book_refund",
        row.id,
        payment=payment.id,
        status=row.status,
        amount=row.amount,
        currency=row.currency,
        requested_by=row.requested_by,
        approved_by=row.approved_by,
        invoices=moved,
    )
