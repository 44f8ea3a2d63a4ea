"""Refunding a payment: at once by an Admin below the limit, else with a second person's word."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, Permission, require
from commands.approvals import request
from commands.approvals.request import Ask
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import InvalidInput, Refused
from commands.refund import order
from commands.refund.plan import RefundPlan, RefundWish, plan
from commands.take_payment import held_payment
from storage import approvals, refunds
from storage.unit_of_work import repeatable

MOST_NOTE = 300  # characters
_CHANGED = "Something changed meanwhile, and nothing was done. Please open the form again."


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What was looked at before the write, and its frozen form."""

    plan: RefundPlan
    content: dict[str, Any]
    content_hash: str


@audited("refund", about="wish.payment_id")
def preview(actor: Actor, desk: Desk, *, wish: RefundWish) -> RefundPlan:
    """What `place` would do. Raises `InvalidInput` by form field, `NotFound`, `Refused`."""
    require(actor, Permission.ASK_FOR_REFUND)
    return _look(actor, desk, wish)


@audited("refund", about="wish.payment_id")
def place(actor: Actor, desk: Desk, *, wish: RefundWish) -> RefundPlan:
    """Order the refund, or ask for it. Raises `InvalidInput`, `NotFound` or `Refused`.

    Sent twice, it counts once, and the second time says so.
    """
    require(actor, Permission.ASK_FOR_REFUND)
    looked_at = _look(actor, desk, wish)
    if looked_at.way == "alone" and not wish.own_reason.strip():
        raise InvalidInput({"own_reason": "Please say why: it is kept in the audit."})
    content = order.content(wish, looked_at)
    _write(actor, desk, wish, _Agreed(looked_at, content, request.fingerprint(content)))
    return looked_at


def _look(actor: Actor, desk: Desk, wish: RefundWish) -> RefundPlan:
    if len(wish.note) > MOST_NOTE:
        raise InvalidInput({"note": f"Please shorten the note to {MOST_NOTE} characters."})
    with desk.database.reading() as session:
        _require_new(session, wish)
        return plan(session, actor, desk, wish)


def _require_new(session: Session, wish: RefundWish) -> None:
    if refunds.find_order(session, wish.draft_id) or approvals.find(session, wish.draft_id):
        raise Refused("This form was sent before, and that counts: nothing new was done.")


@repeatable
def _write(actor: Actor, desk: Desk, wish: RefundWish, agreed: _Agreed) -> None:
    with desk.database.writing() as session:
        held_payment.hold(session, wish.payment_id, agreed.plan.amount.currency)
        _require_new(session, wish)
        if plan(session, actor, desk, wish) != agreed.plan:
            raise Refused(_CHANGED)
        if agreed.plan.way == "direct":
            order.add(session, actor, desk, agreed.content, order_id=wish.draft_id)
            return
        ask = _ask(wish, agreed)
        if agreed.plan.way == "ask":
            request.submit(session, actor, desk, ask, agreed.plan.approvers)
        else:
            _approve_alone(session, actor, desk, wish, ask)


def _ask(wish: RefundWish, agreed: _Agreed) -> Ask:
    amount = agreed.plan.amount
    return Ask(
        id=wish.draft_id,
        kind="refund",
        customers=1 if agreed.plan.customer_id else 0,
        invoices=len(agreed.plan.effects),
        totals={amount.currency: amount.minor},
        content=agreed.content,
        content_hash=agreed.content_hash,
    )


def _approve_alone(session: Session, actor: Actor, desk: Desk, wish: RefundWish, ask: Ask) -> None:
    """The only Admin of a company with nobody else to ask: marked in the audit."""
    row = request.add(session, actor, desk, ask)
    reason, now = wish.own_reason.strip(), desk.clock.now()
    written = {"decided_by": actor.id, "reason": reason, "decided_at": now}
    approvals.move(session, row.id, "approved", came_from="pending", **written)
    order.add(session, actor, desk, ask.content, order_id=row.id, approval=row)
    auditing.record(session, actor, desk, "approve_own_request", row.id, reason=reason, alone=True)
