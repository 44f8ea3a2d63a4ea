"""Disputes as Stripe tells them: funds withdrawn reopen balances, funds reinstated close them."""

from typing import Literal

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.dispute import news
from commands.ports import GatewayDispute
from commands.take_payment import held_payment, overlap
from renderers.money_news import (
    DisputeEvent,
)
from storage import disputes, money_back
from storage.disputes import Dispute
from storage.gateway_states import CLOSED, DisputeStatus
from storage.payments import Payment
from storage.unit_of_work import repeatable

Outcome = Literal["applied", "unmatched"]
# Forward only; what is closed stays closed, though its money may still move.
_ORDER: tuple[DisputeStatus, ...] = (
    "warning_needs_response",
    "warning_under_review",
    "needs_response",
    "under_review",
)
_ENDINGS: dict[DisputeStatus, DisputeEvent] = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "closed",
    "prevented": "closed",
}


@repeatable
def book_dispute(actor: AnyActor, desk: Desk, *, dispute: GatewayDispute) -> Outcome:
    """Bring the ledger to what the dispute says; saying it again changes nothing.

    "unmatched": the ledger does not have the payment as money.
    """
    require(actor, Permission.SETTLE_PAYMENT)
    with desk.database.writing() as session:
        payment = held_payment.hold(session, dispute.payment_id, dispute.amount.currency)
        if payment is None:
            return "unmatched"
        row = disputes.find(session, dispute.id)
        happened = list[DisputeEvent]()
        if row is None:
            row = _new(session, desk, dispute)
            happened.append("opened")
        happened += _advance(desk, row, dispute)
        session.add(row)
        session.flush()
        _apply(session, actor, desk, payment, row, happened)
        return "applied"


def _new(session: Session, desk: Desk, dispute: GatewayDispute) -> Dispute:
    row = Dispute(
        id=dispute.id,
        payment_id=dispute.payment_id,
        currency=dispute.amount.currency,
        amount=dispute.amount.minor,
        reason=dispute.reason,
        status="warning_needs_response",
        due_by=dispute.due_by,
        opened_at=dispute.created,
        changed_at=desk.clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def _advance(desk: Desk, row: Dispute, told: GatewayDispute) -> list[DisputeEvent]:
    """Write what is later than what is known, and say what happened."""
    happened = list[DisputeEvent]()
    if told.movements > row.movements:
        if told.withdrawn.minor != row.withdrawn:
            more = told.withdrawn.minor > row.withdrawn
            happened.append("withdrawn" if more else "reinstated")
        row.withdrawn, row.movements = told.withdrawn.minor, told.movements
    if _later(row.status, told.status):
        row.status, row.due_by = told.status, told.due_by or row.due_by
        if told.status in _ENDINGS:
            happened.append(_ENDINGS[told.status])
    row.changed_at = desk.clock.now()
    return happened


def _later(known: DisputeStatus, told: DisputeStatus) -> bool:
    if known in CLOSED:
        return False
    return told in CLOSED or _ORDER.index(told) > _ORDER.index(known)


def _apply(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    payment: Payment,
    row: Dispute,
    happened: list[DisputeEvent],
) -> None:
    meant = held_payment.invoice_numbers(session, payment)
    money = {"withdrawn", "reinstated"} & set(happened)
    moved = money_back.settle(session, payment) if money else {}
    numbers = list(dict.fromkeys([*meant, *moved, *disputes.lines(session, row.id)]))
    change = f"{row.id}:{row.status}:{row.movements}"
    news.tell(session, desk, row, happened=happened, numbers=numbers, change=change)
    overlap.balances_changed(session, desk, numbers, change=change)
    if happened:
        auditing.record(
            session,
            actor,
            desk,
            "book_dispute",
            row.id,
            payment=payment.id,
            status=row.status,
            withdrawn=row.withdrawn,
            currency=row.currency,
            happened=list(happened),
            invoices=moved,
        )
