"""What becomes of a row after a try. Every function works in the caller's unit of work."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import AnyActor
from commands.deliver.rules import MAX_AMBIGUOUS, MAX_SETBACKS, RETRIES, next_try
from commands.desk import Desk
from storage import automatic_invoices, deliveries
from storage.deliveries import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

# How a row is to be settled, once the try is over: run in a unit of work that the lease holds.
Settle = Callable[[Session, Delivery], None]

LOST_ANSWER = "The answer was lost, so it may have arrived."
VANISHED = "The worker stopped over it."
# Posts nobody else tells about: if they fail, the log is the only witness.
_ANNOUNCEMENTS = (
    "confirmation",
    "notice",
    "automatic_report",
    "refund",
    "dispute",
    "approval",
    "batch",
)


def finish(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    row: Delivery,
    status: DeliveryStatus,
    error: str | None = None,
) -> None:
    """Settle the row for good and let people know."""
    _release(row)
    row.status, row.error, row.retry_at = status, error, None
    row.finished_at = desk.clock.now()
    session.add(row)
    _settle_recipients(session, row)
    session.flush()
    _witness(session, actor, desk, row)


def put_off(session: Session, desk: Desk, row: Delivery, at: datetime, error: str) -> None:
    """Queue again for `at` (real clock); the first time, the card says why it takes longer.

    Not each time: an outage over many mails would bury Slack in edits.
    """
    _release(row)
    row.status, row.retry_at, row.error = "queued", at, error
    session.add(row)
    session.flush()
    if row.kind == "email" and error:
        outbox.queue_card_edits(session, row, change="put-off", now=desk.clock.now())


def unavailable(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    row: Delivery,
    error: str,
    told: float | None = None,
) -> None:
    """Nothing left the house: again later, until it has been tried for too long."""
    at = next_try(row, desk.clock.real(), told=told)
    if at is not None:
        put_off(session, desk, row, at, error)
        return
    finish(session, actor, desk, row, _hopeless(session, row), f"Given up: {error}")


def refused(session: Session, actor: AnyActor, desk: Desk, row: Delivery, error: str) -> None:
    """It will never go: trying again cannot help."""
    finish(session, actor, desk, row, _hopeless(session, row), error)


def setback(session: Session, actor: AnyActor, desk: Desk, row: Delivery, error: str) -> None:
    """The try broke off before anything could leave: again, a bounded number of times."""
    row.setbacks += 1
    if row.setbacks < MAX_SETBACKS:
        put_off(session, desk, row, desk.clock.real() + timedelta(minutes=1), error)
    else:
        finish(session, actor, desk, row, _hopeless(session, row), error)


def drop(session: Session, actor: AnyActor, desk: Desk, row: Delivery, reason: str) -> None:
    """It is not to leave any more; whoever has it, or may have it, keeps it."""
    assert row.id is not None
    recipients = deliveries.recipients(session, row.id)
    if any(each.outcome == "sent" for each in recipients):
        for each in recipients:
            if each.outcome == "pending":
                each.outcome, each.reply = "refused", reason
                session.add(each)
        finish(session, actor, desk, row, "sent", reason)
    else:
        finish(session, actor, desk, row, "unknown" if row.ambiguous else "cancelled", reason)


def ambiguous(session: Session, actor: AnyActor, desk: Desk, row: Delivery) -> None:
    """It may have arrived: once more, then a person has to look."""
    row.ambiguous += 1
    if row.ambiguous < MAX_AMBIGUOUS:
        at = desk.clock.real() + RETRIES[row.kind].after_ambiguity
        put_off(session, desk, row, at, LOST_ANSWER)
    else:
        finish(session, actor, desk, row, "unknown", LOST_ANSWER)


def lapse(session: Session, actor: AnyActor, desk: Desk, row: Delivery) -> None:
    """A lease that ended without an outcome."""
    log.warning("lease lapsed", extra={"delivery": row.id, "started": bool(row.data_started_at)})
    if row.data_started_at is not None:
        ambiguous(session, actor, desk, row)
        return
    row.setbacks += 1
    if row.setbacks >= MAX_SETBACKS:
        finish(session, actor, desk, row, _hopeless(session, row), VANISHED)
        return
    _release(row)
    row.status, row.retry_at = "queued", None
    session.add(row)
    session.flush()


def _hopeless(session: Session, row: Delivery) -> DeliveryStatus:
    """What arrived, or may have arrived, in an earlier try is never called failed."""
    assert row.id is not None
    if row.ambiguous:
        return "unknown"
    somebody_has_it = any(r.outcome == "sent" for r in deliveries.recipients(session, row.id))
    return "sent" if somebody_has_it else "failed"


def _release(row: Delivery) -> None:
    row.lease_token = row.leased_until = row.data_started_at = None


def _settle_recipients(session: Session, row: Delivery) -> None:
    assert row.id is not None
    for recipient in deliveries.recipients(session, row.id):
        if recipient.outcome == "pending" and row.status != "cancelled":
            recipient.outcome = "unknown" if row.status == "unknown" else "refused"
            recipient.reply = recipient.reply or row.error or ""
            session.add(recipient)


def _witness(session: Session, actor: AnyActor, desk: Desk, row: Delivery) -> None:
    bad = row.status in {"failed", "unknown"}
    if row.kind == "email":
        status, tries = row.status, row.attempts
        auditing.record(session, actor, desk, "deliver", row.key, status=status, tries=tries)
        _tell(session, desk, row)
    if bad:
        level = logging.ERROR if row.purpose in _ANNOUNCEMENTS else logging.WARNING
        about = {"delivery": row.id, "status": row.status, "why": row.error}
        log.log(level, "a delivery ended badly", extra=about)


def _tell(session: Session, desk: Desk, row: Delivery) -> None:
    """On the mail's cards; what went wrong with a mail without a card, in the channel.

    Of an automatic invoice the report of its import tells, if that is still to come; of the mails
    of a batch the batch's message.
    """
    assert row.id is not None
    if row.batch_id is not None:  # told of together: no card, and no notice for each
        return
    now = desk.clock.now()
    outbox.queue_card_edits(session, row, change=row.status, now=now)
    told_elsewhere = automatic_invoices.report_is_to_come(session, row.id)
    if row.error and not told_elsewhere and not deliveries.about(session, row.id):
        named = row.purpose.replace("_", " ")
        what = f"The {named} mail {row.document_number}".rstrip()
        text = f"{what} to {_addresses(session, row)} {_FATE[row.status]} {row.error}"
        channel = desk.policy.payments_channel
        outbox.queue_notice(session, key=f"mail:{row.id}", text=text, channel=channel, now=now)


_FATE: dict[DeliveryStatus, str] = {
    "sent": "did not reach everybody.",
    "failed": "could not be sent.",
    "unknown": "may not have arrived; please look.",
    "cancelled": "was not sent:",
}


def _addresses(session: Session, row: Delivery) -> str:
    assert row.id is not None
    return ", ".join(each.address for each in deliveries.recipients(session, row.id))
