"""A batch as its message and its report show it, read as things are now."""

from collections.abc import Iterable

from sqlmodel import Session

from commands.batches import telling
from commands.bulk_send import follow
from commands.desk import Desk
from commands.errors import NotFound
from renderers.batch_news import BatchCard, BatchCounts, BatchGap, BatchReport, BatchState
from renderers.slack_batches import SHOWN
from storage import batches, schedules
from storage.batches import Batch, BatchSkip
from storage.deliveries import Delivery

_MORE = SHOWN + 1


def batch_card(session: Session, desk: Desk, batch_id: str) -> BatchCard:
    """Raises `NotFound`."""
    batch = _known(session, batch_id)
    waiting = batch.status == "waiting"
    is_open = batch.status in batches.OPEN
    bulk = batch.kind == "bulk"
    return BatchCard(
        batch_id=batch.id,
        title=batch.title,
        state=_state(batch),
        counts=_counts(session, batch),
        requested_by=_person(batch),
        approved_by=follow.approved_by(session, batch) if bulk else "",
        ended_by=batch.ended_by,
        leaves_at=batch.leaves_at if waiting else None,
        held_back=is_open and desk.policy.mail_mode == "hold",
        settled=follow.settled_of_asked(session, batch) if bulk else (),
    )


def batch_report(session: Session, batch_id: str) -> BatchReport:
    """Raises `NotFound`."""
    batch = _known(session, batch_id)
    skips = batches.skips(session, batch_id, limit=_MORE * 2)
    cancelled = [] if batch.ending else batches.mails(session, batch_id, "cancelled", limit=_MORE)
    return BatchReport(
        batch_id=batch_id,
        title=batch.title,
        requested_by=_person(batch),
        counts=_counts(session, batch),
        was_stopped=batch.status == "stopped",
        failed=_mails(batches.mails(session, batch_id, "failed", limit=_MORE)),
        unclear=_mails(batches.mails(session, batch_id, "unknown", limit=_MORE)),
        skipped=_skips(skips, whole_mail=True) + _mails(cancelled),
        partly=_skips(skips, whole_mail=False),
        without_link=_without_link(session, batch),
    )


def _person(batch: Batch) -> str:
    """Whoever asked for it; "" when it was due by itself."""
    return "" if batch.requested_by.startswith("system:") else batch.requested_by


def _known(session: Session, batch_id: str) -> Batch:
    batch = batches.find(session, batch_id)
    if batch is None:
        raise NotFound("That send is not known.")
    return batch


def _state(batch: Batch) -> BatchState:
    return "undone" if batch.status == "stopped" and batch.ending == "undone" else batch.status


def _counts(session: Session, batch: Batch) -> BatchCounts:
    now = telling.current(session, batch)
    return BatchCounts(
        total=now.total,
        sent=now.sent,
        failed=now.failed,
        unclear=now.unclear,
        skipped=now.skipped,
        to_go=now.to_go,
        percent=now.percent,
    )


def _mails(rows: Iterable[tuple[Delivery, str]]) -> tuple[BatchGap, ...]:
    return tuple(BatchGap(name, "", mail.error or "") for mail, name in rows)


def _without_link(session: Session, batch: Batch) -> tuple[BatchGap, ...]:
    """Of statements that were to have one."""
    if not schedules.sends_links(session, batch.id):
        return ()
    rows = batches.sent_without_link(session, batch.id, _MORE)
    return tuple(BatchGap(name, "", mail.payload["no_link_reason"]) for mail, name in rows)


def _skips(rows: Iterable[tuple[BatchSkip, str]], *, whole_mail: bool) -> tuple[BatchGap, ...]:
    return tuple(
        BatchGap(name, row.subject, row.reason)
        for row, name in rows
        if row.whole_mail == whole_mail
    )
