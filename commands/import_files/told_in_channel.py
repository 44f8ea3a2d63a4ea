"""What the payments channel hears of imports that nobody watches: failed, overdue, mended."""

from datetime import datetime, timedelta

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from storage import deliveries, import_runs
from storage.import_runs import ImportRun

_SHOWN = 8  # refusals
_SHOWN_FILES = 6


def tell(
    session: Session,
    desk: Desk,
    run: ImportRun,
    folder_before: ImportRun | None,
    applied_before: ImportRun | None,
) -> None:
    """Call when `run` is recorded, with the runs that were the last ones before it."""
    if run.source == "folder" and not run.applied:
        _notice(session, desk, f"import-failed:{run.id}", failure(run))
    if not run.applied:
        return
    failed = run.source == "folder" and folder_before is not None and not folder_before.applied
    if failed or _was_told_overdue(session, applied_before):
        text = f"Imports work again: {_names(run)}."
        _notice(session, desk, f"import-recovered:{run.id}", text)


def failure(run: ImportRun) -> str:
    """The files, the first refusals and where the report lies; a line each."""
    shown = run.refusals[:_SHOWN]
    more = [f"… and {run.refused - len(shown)} more"] if run.refused > len(shown) else []
    return "\n".join(
        [
            f"The unattended import failed, and nothing of it was taken: {_names(run)}.",
            *(f"• {refusal}" for refusal in shown),
            *more,
            f"Files and report: IMPORT_DIR/failed/{run.place}/. Mend them and put them back.",
        ]
    )


def overdue(session: Session, desk: Desk, watched_since: datetime) -> str:
    """The key of a notice to be queued, or "" while imports come often enough or it is told.

    `watched_since`: counted from, as long as nothing was ever imported.
    """
    hours = desk.policy.import_overdue_hours
    last = import_runs.last_applied(session)
    since = last.at if last else watched_since
    if not hours or desk.clock.now() - since < timedelta(hours=hours):
        return ""
    key = _overdue_key(last)
    return "" if deliveries.find_by_key(session, f"notice:{key}") else key


def tell_overdue(session: Session, desk: Desk, key: str) -> None:
    last, hours = import_runs.last_applied(session), desk.policy.import_overdue_hours
    day = f"{last.at.astimezone(desk.policy.timezone):%d %b %Y %H:%M %Z}" if last else ""
    newest = f"the newest data are of {day}" if day else "there was none so far"
    text = (
        f"No import has succeeded for {hours} hours: {newest}."
        " Look at IMPORT_DIR and at the system that writes there."
    )
    _notice(session, desk, key, text)


def _was_told_overdue(session: Session, applied_before: ImportRun | None) -> bool:
    return deliveries.find_by_key(session, f"notice:{_overdue_key(applied_before)}") is not None


def _overdue_key(last: ImportRun | None) -> str:
    """Once for each lapse: the next import that succeeds begins another one."""
    return f"import-overdue:{last.id if last else 0}"


def _names(run: ImportRun) -> str:
    more = len(run.files) - _SHOWN_FILES
    shown = ", ".join(run.files[:_SHOWN_FILES])
    return f"{shown} and {more} more" if more > 0 else shown


def _notice(session: Session, desk: Desk, key: str, text: str) -> None:
    channel, now = desk.policy.payments_channel, desk.clock.now()
    outbox.queue_notice(session, key=key, text=text, channel=channel, now=now)
