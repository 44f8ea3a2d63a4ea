"""Telling how a batch goes: one message, edited at most every three seconds and always at last,
and a report in its thread. Called by the clock; the counts are those of the moment.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from commands import outbox
from commands.access import Permission, SystemActor, require
from commands.batches.progress import Progress, next_status, progress
from commands.bulk_send import follow
from commands.deliver import outcome
from commands.desk import Desk
from storage import batches, deliveries, users
from storage.batches import Batch
from storage.unit_of_work import repeatable

BETWEEN_EDITS = timedelta(seconds=3)
# Mails that were stopped, in one transaction: never tried, and waiting to be tried again.
_CLOSED_AT_ONCE, _DROPPED_AT_ONCE = 2000, 100


def tell(actor: SystemActor, desk: Desk) -> int:
    """Look at every batch about which something may have to be told; how many changed."""
    require(actor, Permission.SEND_BATCH)
    with desk.database.reading() as session:
        wanted = batches.wanted(session)
    return sum(_look(actor, desk, batch_id) for batch_id in wanted)


def current(session: Session, batch: Batch) -> Progress:
    mails = batches.count_mails(session, batch.id)
    now = progress(batch.total, mails, batches.count_skipped(session, batch.id))
    if batch.status == "stopped":  # what was never queued does not go any more
        return replace(now, skipped=now.skipped + now.to_go, to_go=0)
    return now


def stopped_by(session: Session, batch: Batch) -> str:
    """Why a mail of a batch that was stopped does not leave."""
    person = users.find(session, batch.ended_by)
    word = "Undone" if batch.ending == "undone" else "Stopped"
    return f"{word} by {person.name if person else batch.ended_by}."


def as_posted(session: Session, desk: Desk, batch: Batch) -> None:
    """The message was queued just now, and says what is so."""
    batch.told, batch.told_at = _shown(session, batch), desk.clock.real()
    session.add(batch)


def show(session: Session, desk: Desk, batch: Batch) -> bool:
    """Edit the message if it says something else now and may be edited; whether it is."""
    shown = _shown(session, batch)
    if shown == batch.told or not _may_edit(session, desk, batch):
        return False
    post = outbox.batch_post(session, batch.id)
    batch.edits += 1
    batch.told, batch.told_at = shown, desk.clock.real()
    session.add(batch)
    if post is not None:
        outbox.queue_edit(session, post, change=str(batch.edits), now=desk.clock.now())
    return True


def status_changed(session: Session, desk: Desk, batch: Batch) -> None:
    """Whoever asked for it follows, and the message."""
    if batch.kind == "bulk":
        follow.status_changed(session, desk, batch)
    show(session, desk, batch)


@repeatable
def _look(actor: SystemActor, desk: Desk, batch_id: str) -> bool:
    if not _may_have_changed(desk, batch_id):
        return False
    with desk.database.writing() as session:
        batch = batches.lock_alone(session, batch_id)
        if batch is None:
            return False
        closed = _close_stopped(session, actor, desk, batch) if batch.ending else 0
        return _move_on(session, desk, batch) or bool(closed)


def _may_have_changed(desk: Desk, batch_id: str) -> bool:
    """Looked at without the right to write, which others need more."""
    with desk.database.reading() as session:
        batch = batches.find(session, batch_id)
        if batch is None:
            return False
        status = next_status(batch, current(session, batch), is_held=_is_held(desk, batch))
        told = _shown(session, batch) == batch.told
        over = batch.status not in batches.OPEN
        if status != batch.status or batch.ending or (told and over):
            return True
        return not told and _may_edit(session, desk, batch)


def _is_held(desk: Desk, batch: Batch) -> bool:
    return desk.clock.now() < batch.leaves_at


def _move_on(session: Session, desk: Desk, batch: Batch) -> bool:
    """The next status, the message, the report; True when anything of that changed."""
    before = batch.status
    batch.status = next_status(batch, current(session, batch), is_held=_is_held(desk, batch))
    over = batch.status not in batches.OPEN
    changed = batch.status != before
    if changed:
        batch.finished_at = desk.clock.now() if over else None
        session.add(batch)
        session.flush()
        status_changed(session, desk, batch)
        if over:
            _report(session, desk, batch)
    changed = show(session, desk, batch) or changed
    batch.attention = "none" if over and batch.told == _shown(session, batch) else "wanted"
    session.add(batch)
    return changed


def _close_stopped(session: Session, actor: SystemActor, desk: Desk, batch: Batch) -> int:
    """Cancel what no worker has begun with; links that nobody got end with it."""
    now, why = desk.clock.now(), stopped_by(session, batch)
    closed = batches.cancel_untried(session, batch.id, why, now, limit=_CLOSED_AT_ONCE)
    for mail in batches.queued_tried(session, batch.id, _DROPPED_AT_ONCE):
        outcome.drop(session, actor, desk, mail, why)
        closed += 1
    batches.turn_off_links_of_cancelled(session, batch.id, batch.ended_by, now)
    return closed


def _may_edit(session: Session, desk: Desk, batch: Batch) -> bool:
    """The last word is always said; the others not faster than Slack likes them."""
    if batch.status not in batches.OPEN and batch.told.get("status") != batch.status:
        return True
    if batch.told_at is not None and desk.clock.real() < batch.told_at + BETWEEN_EDITS:
        return False
    return not _is_editing(session, batch)


def _is_editing(session: Session, batch: Batch) -> bool:
    """An edit is under way and will say what is so by then: Slack may be slow just now."""
    post = outbox.batch_post(session, batch.id)
    if post is None or not batch.edits:
        return False
    last = outbox.find_edit(session, post, change=str(batch.edits))
    return last is not None and last.status in deliveries.UNFINISHED


def _report(session: Session, desk: Desk, batch: Batch) -> None:
    post = outbox.batch_post(session, batch.id)
    if post is not None:
        change, payload = f"report:{batch.rounds}", {"batch": batch.id}
        outbox.queue_reply(session, post, change=change, payload=payload, now=desk.clock.now())


def _shown(session: Session, batch: Batch) -> dict[str, Any]:
    """What the message says, as numbers."""
    shown: dict[str, Any] = {"status": batch.status, **current(session, batch).as_told()}
    if batch.kind == "bulk":
        shown["settled"] = follow.settled_since(session, batch)
    return shown
