"""A request: its row, and its posts in the channel and to everybody who may decide."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor
from commands.desk import Desk
from commands.rules import approval as policy
from storage import approvals
from storage.approvals import Approval, ApprovalKind
from storage.columns import dump_json


@dataclass(frozen=True, slots=True)
class Ask:
    """`content` has `headline` and `facts` (pairs of label and text) beside what is to be done;
    `totals` are minor units by currency.
    """

    id: str
    kind: ApprovalKind
    customers: int
    invoices: int
    totals: dict[str, int]
    content: dict[str, Any]
    content_hash: str


def fingerprint(content: dict[str, Any]) -> str:
    """SHA-256 of the content: what a decision is bound to. Not to be made inside a write."""
    return hashlib.sha256(dump_json(content).encode()).hexdigest()


def submit(
    session: Session, actor: Actor, desk: Desk, ask: Ask, approvers: tuple[str, ...]
) -> Approval:
    """Write it and show it: to the channel, to each of `approvers`, and to whoever asks."""
    row = add(session, actor, desk, ask)
    for channel in (desk.policy.payments_channel, *approvers):
        _show(session, desk, row, channel, own=False)
    _show(session, desk, row, actor.id, own=True)
    auditing.record(session, actor, desk, f"ask_for_{ask.kind}", row.id, **_detail(ask))
    return row


def add(session: Session, actor: Actor, desk: Desk, ask: Ask) -> Approval:
    now = desk.clock.now()
    row = Approval(
        id=ask.id,
        kind=ask.kind,
        requested_by=actor.id,
        customers=ask.customers,
        invoices=ask.invoices,
        totals=ask.totals,
        content=ask.content,
        content_hash=ask.content_hash,
        policy_version=policy.POLICY_VERSION,
        created_at=now,
        expires_at=now + policy.LIFETIME,
    )
    return approvals.add(session, row)


def show_as_it_is(session: Session, desk: Desk, approval: Approval, *, again: str = "") -> None:
    """Edit every post of it; no button outlives the decision.

    `again` tells a status apart that it had before.
    """
    change = f"{approval.status}:{again}" if again else approval.status
    for post in outbox.posts_about_approval(session, approval.id):
        outbox.queue_edit(session, post, change=change, now=desk.clock.now())


def tell_requester(session: Session, desk: Desk, approval: Approval, text: str) -> None:
    """A direct message, and the same in the channel's thread, once for each status."""
    say_in_thread(session, desk, approval, text, change=approval.status)
    outbox.queue_notice(
        session,
        key=f"approval:{approval.id}:{approval.status}",
        text=text,
        channel=approval.requested_by,
        now=desk.clock.now(),
    )


def say_in_thread(
    session: Session, desk: Desk, approval: Approval, text: str, *, change: str
) -> None:
    """Under the post in the payments channel, once for each `change`; `text` is plain."""
    for post in outbox.posts_about_approval(session, approval.id):
        if not post.payload.get("own") and post.lane == desk.policy.payments_channel:
            payload, now = {"text": text}, desk.clock.now()
            outbox.queue_reply(session, post, change=change, payload=payload, now=now)


def _show(session: Session, desk: Desk, row: Approval, channel: str, *, own: bool) -> None:
    payload = {"approval": row.id, "own": own}
    key, now = f"{row.id}:{channel}:{'own' if own else 'all'}", desk.clock.now()
    outbox.queue_news(session, "approval", key=key, payload=payload, channel=channel, now=now)


def _detail(ask: Ask) -> dict[str, Any]:
    return {"customers": ask.customers, "invoices": ask.invoices, "totals": ask.totals}
