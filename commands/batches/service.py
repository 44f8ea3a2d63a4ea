"""Mails that are sent together: begun, filled, sealed; stopped, undone, tried again.

Whoever sends them calls `begin` first, then queues the mails with the batch's id, in as many
transactions as it takes, and at last `seal`. `commands.batches.telling` tells how it goes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, AnyActor, Permission, require
from commands.auditing import audited
from commands.batches import telling
from commands.desk import Desk
from commands.errors import NotFound, Refused, TooLate
from storage import batches, customers
from storage.batches import Batch, BatchKind, BatchSkip, Ending
from storage.deliveries import Delivery
from storage.unit_of_work import repeatable

_MAILS_AT_ONCE = 50  # of one customer in one batch: one for each currency


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """`title` is plain: "Payment links to 12 customers"; `total` counts mails.

    `leaves_at`: held for Undo until then; the mails need it as their `not_before`.
    """

    id: str
    kind: BatchKind
    subject: str
    title: str
    total: int
    leaves_at: datetime
    requested_by: str


def begin(session: Session, actor: AnyActor, desk: Desk, order: BatchOrder) -> Batch:
    """The batch and its message in the payments channel, in the caller's unit of work.

    Begun again, it is the same one.
    """
    known = batches.find(session, order.id)
    if known is not None:
        return known
    channel, now = desk.policy.payments_channel, desk.clock.now()
    row = Batch(
        id=order.id,
        kind=order.kind,
        subject=order.subject,
        title=order.title,
        total=order.total,
        requested_by=order.requested_by,
        channel=channel,
        leaves_at=order.leaves_at,
        created_at=now,
    )
    batches.add(session, row)
    outbox.queue_batch_post(session, batch_id=row.id, channel=channel, now=now)
    telling.as_posted(session, desk, row)
    detail: dict[str, Any] = {"kind": row.kind, "mails": row.total, "for": row.requested_by}
    auditing.record(session, actor, desk, "begin_batch", row.id, **detail)
    return row


def seal(session: Session, batch_id: str, *, total: int | None = None) -> None:
    """Every mail is queued or skipped; `total` when only now it is known how many there are."""
    batch = _held(session, batch_id)
    batch.sealed, batch.attention = True, "wanted"
    if total is not None:
        batch.total = total
    session.add(batch)


def skip(session: Session, rows: list[BatchSkip]) -> None:
    """Name what is not sent, and why, in the caller's unit of work; the same again is once."""
    batches.skip(session, rows)


def leaves_at(session: Session, batch_id: str) -> datetime:
    """The `not_before` of its mails."""
    return _held(session, batch_id).leaves_at


def is_wanted(session: Session, batch_id: str) -> bool:
    """Whether more mails may be queued: nobody has stopped it."""
    batch = batches.find(session, batch_id)
    return batch is not None and not batch.ending


@audited("stop_batch", about="batch_id")
@repeatable
def stop(actor: Actor, desk: Desk, *, batch_id: str) -> Batch:
    """Whatever no worker has begun with does not leave. Raises `NotFound`, `Refused`."""
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        batch = _own(session, actor, batch_id, or_else=Permission.UNDO_ANY_SEND)
        if batch.status not in batches.OPEN:
            raise Refused(f"{batch.title}: it is over, so there is nothing to stop.")
        if batch.ending:
            return batch
        _end(session, actor, desk, batch, "stopped")
        return batch


@audited("undo_batch", about="batch_id")
@repeatable
def undo(actor: Actor, desk: Desk, *, batch_id: str) -> Batch:
    """Nothing of it leaves. Raises `TooLate` once the time for it is over."""
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        batch = _own(session, actor, batch_id, or_else=Permission.UNDO_ANY_SEND)
        if batch.ending == "undone":
            return batch
        _require_held(session, desk, batch)
        _end(session, actor, desk, batch, "undone")
        return batch


@audited("undo_batch", about="batch_id")
@repeatable
def undo_customer(actor: Actor, desk: Desk, *, batch_id: str, customer_id: str) -> str:
    """The customer's mails do not leave; the customer's name. Raises as `undo` does."""
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        customer = customers.lock(session, customer_id)
        batch = _own(session, actor, batch_id, or_else=Permission.UNDO_ANY_SEND)
        _require_held(session, desk, batch)
        mails = batches.of_customer(session, batch_id, customer_id)
        if customer is None or not mails:
            why = "has no mail in it" if batch.sealed else "is not prepared yet: try in a moment"
            raise NotFound(f"{customer.name if customer else customer_id} {why}.")
        _cancel(session, actor, desk, [mail for mail in mails if mail.status == "queued"])
        batch.attention = "wanted"
        session.add(batch)
        session.flush()
        telling.show(session, desk, batch)
        detail: dict[str, Any] = {"customer": customer_id, "mails": len(mails)}
        auditing.record(session, actor, desk, "undo_batch", batch_id, **detail)
        return customer.name


@audited("retry_batch", about="batch_id")
@repeatable
def retry_failed(actor: Actor, desk: Desk, *, batch_id: str) -> int:
    """Queue again what failed, only for whom it did not reach; how many mails.

    What may have arrived is not tried again: nobody gets two.
    """
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        batch = _own(session, actor, batch_id, or_else=Permission.RETRY_ANY_SEND)
        if batch.status in batches.OPEN:
            raise Refused(f"{batch.title}: it is still on its way. Retry once it is over.")
        count = batches.requeue_failed(session, batch_id)
        if not count:
            raise Refused(f"{batch.title}: nothing failed, so there is nothing to retry.")
        batch.status, batch.ending, batch.ended_by, batch.finished_at = "sending", "", "", None
        batch.rounds += 1
        batch.attention = "wanted"
        session.add(batch)
        session.flush()
        telling.status_changed(session, desk, batch)
        auditing.record(session, actor, desk, "retry_batch", batch_id, mails=count)
        return count


def _own(session: Session, actor: Actor, batch_id: str, *, or_else: Permission) -> Batch:
    batch = _held(session, batch_id)
    if batch.requested_by != actor.id:
        require(actor, or_else)
    return batch


def _held(session: Session, batch_id: str) -> Batch:
    batch = batches.lock(session, batch_id)
    if batch is None:
        raise NotFound("That send is not known.")
    return batch


def _require_held(session: Session, desk: Desk, batch: Batch) -> None:
    held = batch.status == "waiting" and not batch.ending
    if not held or desk.clock.now() >= batch.leaves_at or batches.was_begun(session, batch.id):
        raise TooLate(
            f"{batch.title}: it is leaving already, so it cannot be undone."
            " Stop keeps back what has not left."
        )


def _end(session: Session, actor: Actor, desk: Desk, batch: Batch, ending: Ending) -> None:
    """Workers see it at once; the rows are closed by whoever tells of batches."""
    batch.status, batch.ending, batch.ended_by = "stopping", ending, actor.id
    batch.attention = "wanted"
    session.add(batch)
    session.flush()
    telling.show(session, desk, batch)
    action = "undo_batch" if ending == "undone" else "stop_batch"
    auditing.record(session, actor, desk, action, batch.id)


def _cancel(session: Session, actor: Actor, desk: Desk, mails: list[Delivery]) -> None:
    for mail in mails[:_MAILS_AT_ONCE]:
        mail.status, mail.error = "cancelled", f"Undone by {actor.name}."
        mail.finished_at = desk.clock.now()
        session.add(mail)
    session.flush()
    links = [mail.link_id for mail in mails if mail.link_id and mail.payload.get("link_is_new")]
    batches.turn_off_links(session, links, actor.id, desk.clock.now())
