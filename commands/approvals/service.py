"""Deciding on requests: once, by somebody else, with their rights looked at again."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, AnyActor, Permission, require
from commands.approvals import request
from commands.auditing import audited
from commands.bulk_send import starting
from commands.desk import Desk
from commands.errors import InvalidInput, NotFound, Refused
from commands.refund import order as refund_order
from storage import approvals, bulk_sends, users
from storage.approvals import Approval, ApprovalKind, ApprovalStatus
from storage.unit_of_work import repeatable

MOST_REASON = 500  # characters
_AT_ONCE = 100
# What an approval sets going, in the same unit of work; raises `Refused` when it no longer fits.
# The last argument: a fingerprint of what the person saw beside the request itself.
_SET_GOING: dict[ApprovalKind, Callable[[Session, Actor, Desk, Approval, str], None]] = {
    "refund": lambda session, actor, desk, row, _: refund_order.add_approved(
        session, actor, desk, row
    ),
    "bulk": starting.start_approved,
}


@audited("approve_request", about="approval_id")
@repeatable
def approve(
    actor: Actor, desk: Desk, *, approval_id: str, content_hash: str, seen: str = ""
) -> Approval:
    """Raises `NotFound`, or `Refused` when it is decided, their own, or does not fit any more.

    `seen`: what the review showed as having grown since (`commands.bulk_send.starting.seen_as`).
    """
    require(actor, Permission.APPROVE)
    with desk.database.writing() as session:
        row = _to_decide(session, actor, approval_id, content_hash)
        _SET_GOING[row.kind](session, actor, desk, row, seen)
        _decide(session, actor, desk, row, "approved", "")
        return row


@audited("reject_request", about="approval_id")
@repeatable
def reject(
    actor: Actor, desk: Desk, *, approval_id: str, content_hash: str, reason: str
) -> Approval:
    """Raises `InvalidInput` without a reason, `NotFound` or `Refused`."""
    require(actor, Permission.APPROVE)
    if not reason.strip():
        raise InvalidInput({"reason": "Please say why: whoever asked will read it."})
    with desk.database.writing() as session:
        row = _to_decide(session, actor, approval_id, content_hash)
        _decide(session, actor, desk, row, "rejected", reason.strip()[:MOST_REASON])
        return row


@audited("withdraw_request", about="approval_id")
@repeatable
def withdraw(actor: Actor, desk: Desk, *, approval_id: str) -> None:
    """Whoever asked takes it back. Raises `NotFound` or `Refused`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.writing() as session:
        row = _known(session, approval_id)
        if row.requested_by != actor.id:
            raise Refused("Only whoever asked for it can withdraw it.")
        _decide(session, actor, desk, row, "withdrawn", "")


def expire_overdue(actor: AnyActor, desk: Desk) -> int:
    """Close what nobody decided in time; how many there were."""
    require(actor, Permission.EXPIRE_REQUESTS)
    with desk.database.reading() as session:
        late = [row.id for row in approvals.overdue(session, desk.clock.now(), _AT_ONCE)]
    return sum(_expire(actor, desk, approval_id) for approval_id in late)


@repeatable
def _expire(actor: AnyActor, desk: Desk, approval_id: str) -> bool:
    with desk.database.writing() as session:
        if not approvals.move(session, approval_id, "expired", came_from="pending"):
            return False
        row = _known(session, approval_id)
        _let_go(session, row)
        request.show_as_it_is(session, desk, row)
        text = f"Nobody decided in time on: {row.content['headline']}. Please ask again."
        request.tell_requester(session, desk, row, text)
        auditing.record(session, actor, desk, "expire_request", row.id)
        return True


def waiting(actor: Actor, desk: Desk) -> list[Approval]:
    """What the person may decide on, and what they asked for themselves, the most urgent first."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        rows = approvals.pending(session)
    return [r for r in rows if r.requested_by == actor.id or actor.may(Permission.APPROVE)]


@audited("review_request", about="approval_id")
def look(actor: Actor, desk: Desk, *, approval_id: str) -> Approval:
    """A request for somebody who may decide on it. Raises `NotFound` or `Refused`."""
    require(actor, Permission.APPROVE)
    with desk.database.reading() as session:
        return _to_decide(session, actor, approval_id, "")


def _known(session: Session, approval_id: str) -> Approval:
    row = approvals.find(session, approval_id)
    if row is None:
        raise NotFound("That request is not known.")
    return row


def _to_decide(session: Session, actor: Actor, approval_id: str, content_hash: str) -> Approval:
    row = _known(session, approval_id)
    if row.status != "pending":
        raise _decided_before(session, row)
    if row.requested_by == actor.id:
        raise Refused("You asked for it yourself: somebody else has to decide.")
    if content_hash and row.content_hash != content_hash:
        raise Refused("That request has other content than what you saw. Please open it again.")
    return row


def _decide(
    session: Session,
    actor: Actor,
    desk: Desk,
    row: Approval,
    status: ApprovalStatus,
    reason: str,
) -> None:
    """The guarded move: of two people who decide at once, one is told who was first."""
    written = {"decided_by": actor.id, "reason": reason, "decided_at": desk.clock.now()}
    if not approvals.move(session, row.id, status, came_from="pending", **written):
        raise _decided_before(session, _known(session, row.id))
    if status != "approved":
        _let_go(session, row)
    request.show_as_it_is(session, desk, row)
    if status != "withdrawn":
        why = f" Why: {reason}" if reason else ""
        text = f"{actor.name} has {status}: {row.content['headline']}.{why}"
        request.tell_requester(session, desk, row, text)
    detail: dict[str, Any] = {"kind": row.kind, "requested_by": row.requested_by, "status": status}
    auditing.record(session, actor, desk, "decide_request", row.id, reason=reason, **detail)


def _let_go(session: Session, row: Approval) -> None:
    """Nothing comes of it."""
    if row.kind == "bulk":
        bulk_sends.close(session, row.id)


def _decided_before(session: Session, row: Approval) -> Refused:
    person = users.find(session, row.decided_by or "")
    by = f" by {person.name}" if person else ""
    return Refused(f"That request is {row.status} already{by}.")
