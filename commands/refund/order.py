"""The row of a refund that is to be made, and the request for one that somebody has to approve."""

from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, Permission
from commands.desk import Desk
from commands.errors import Refused
from commands.people.actors import find_actor
from commands.refund.plan import RefundPlan, RefundWish, refundable
from commands.take_payment import held_payment
from renderers import block_kit
from renderers.slack_refunds import REFUND_REASONS
from storage.approvals import Approval
from storage.money import Money
from storage.refunds import RefundOrder


def content(wish: RefundWish, plan: RefundPlan) -> dict[str, Any]:
    """What an approver sees and decides on, frozen; plain JSON."""
    effects = [
        f"{each.number}: {block_kit.money(each.taken_off)} taken off, "
        f"then {block_kit.money(each.balance)} to pay"
        for each in plan.effects
    ]
    facts = [
        ["Customer", plan.customer_name],
        ["Payment", plan.payment_id],
        ["Comes off", "; ".join(effects) or "unapplied credit"],
        ["Reason", REFUND_REASONS[wish.reason]],
        ["Note", wish.note],
    ]
    return {
        "headline": f"Refund {block_kit.money(plan.amount)} to {plan.customer_name}",
        "facts": [[label, text] for label, text in facts if text],
        "payment": plan.payment_id,
        "amount": plan.amount.minor,
        "currency": plan.amount.currency,
        "reason": wish.reason,
        "note": wish.note,
        "shares": plan.shares,
    }


def add(
    session: Session,
    actor: Actor,
    desk: Desk,
    wanted: dict[str, Any],
    *,
    order_id: str,
    approval: Approval | None = None,
) -> RefundOrder:
    """Commit to it: a worker asks Stripe. `wanted` is what `content` made."""
    order = RefundOrder(
        id=order_id,
        payment_id=wanted["payment"],
        currency=wanted["currency"],
        amount=wanted["amount"],
        reason=wanted["reason"],
        note=wanted["note"],
        shares=wanted["shares"],
        requested_by=approval.requested_by if approval else actor.id,
        approval_id=approval.id if approval else None,
        approved_by=actor.id if approval else "",
        created_at=desk.clock.now(),
    )
    session.add(order)
    session.flush()
    approved_alone = approval is not None and approval.requested_by == actor.id
    about = {"amount": order.amount, "currency": order.currency, "order": order.id}
    detail: dict[str, Any] = about | {"approval": order.approval_id, "alone": approved_alone}
    auditing.record(session, actor, desk, "order_refund", order.payment_id, **detail)
    _tell(session, desk, order)
    return order


def _tell(session: Session, desk: Desk, order: RefundOrder) -> None:
    amount = block_kit.money(Money(order.amount, order.currency))
    text = (
        f"The refund of {amount} is ordered; {desk.policy.payments_channel} tells once it is made."
    )
    key, to = f"refund-order:{order.id}:ordered", order.requested_by
    outbox.queue_notice(session, key=key, text=text, channel=to, now=desk.clock.now())


def add_approved(session: Session, actor: Actor, desk: Desk, approval: Approval) -> None:
    """The order of a request that `actor` approves; raises `Refused` when it no longer fits."""
    asker, is_active = find_actor(session, approval.requested_by)
    if not (is_active and asker.may(Permission.ASK_FOR_REFUND)):
        raise Refused("Whoever asked for it may no longer ask for refunds: please reject it.")
    wanted = approval.content
    held_payment.hold(session, wanted["payment"], wanted["currency"])
    most = refundable(session, wanted["payment"]).most
    if most.minor < wanted["amount"]:
        left = block_kit.money(most)
        raise Refused(f"Only {left} of the payment can be refunded any more: please reject it.")
    add(session, actor, desk, wanted, order_id=approval.id, approval=approval)
