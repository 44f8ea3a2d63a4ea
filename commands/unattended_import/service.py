"""Importing whatever was put into a folder, all or nothing, while nobody watches."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlmodel import Session

from commands import outbox
from commands.access import Permission, SystemActor, require
from commands.auditing import audited
from commands.desk import Desk
from commands.import_files import told_in_channel
from commands.import_files.recording import Call, Origin
from commands.import_files.report import ImportReport, Place, RowRefused
from commands.import_files.service import import_files, record_refusal
from commands.incidents import reference
from commands.unattended_import import folder as watched
from commands.unattended_import.folder import PAUSE_SECONDS, Found
from storage import cursors, file_lock, import_runs
from storage.import_runs import ImportRun
from storage.unit_of_work import may_pass, repeatable

log = logging.getLogger(__name__)

_WATCHED_SINCE = "import-folder"


@audited("import_folder")
def look(actor: SystemActor, desk: Desk, *, folder: Path, pause: float = PAUSE_SECONDS) -> bool:
    """Import what lies there complete, if nobody else is at it; True when something was taken.

    Refused files are moved aside with a report, so that the next ones find the folder free.
    """
    require(actor, Permission.IMPORT)
    try:
        with file_lock.tried(folder / ".lock") as mine:
            files = watched.complete_files(folder, desk.clock.real(), pause=pause) if mine else ()
            return _take(actor, desk, folder, files) if files else False
    except OSError as error:
        day = desk.policy.today(desk.clock.now())
        why = error.strerror or str(error)
        _tell(desk, f"import-folder:{day}", f"IMPORT_DIR cannot be used: {why}.")
        return False


@audited("tell_overdue_import")
def tell_if_overdue(actor: SystemActor, desk: Desk) -> None:
    """Tell the payments channel, once a lapse, that no import has succeeded for too long."""
    require(actor, Permission.IMPORT)
    with desk.database.reading() as session:
        since = cursors.position(session, _WATCHED_SINCE)
        key = told_in_channel.overdue(session, desk, since) if since else ""
    if since is None or key:
        _write_overdue(desk, key)


@repeatable
def _write_overdue(desk: Desk, key: str) -> None:
    with desk.database.writing() as session:
        if key:
            told_in_channel.tell_overdue(session, desk, key)
        else:
            cursors.advance(session, _WATCHED_SINCE, desk.clock.now())


def _take(actor: SystemActor, desk: Desk, folder: Path, files: Sequence[Found]) -> bool:
    """What the last run has taken already is only moved: the process ended before it could."""
    with desk.database.reading() as session:
        last = import_runs.last_of_folder(session)
    marks = last.marks if last else {}
    again = [found for found in files if marks.get(found.path.name) == found.mark]
    if last is not None and again:
        _put_away(desk, folder, again, last, last.refusals)
    fresh = [found for found in files if found not in again]
    if fresh:
        _import(actor, desk, folder, fresh)
    return bool(fresh)


def _import(actor: SystemActor, desk: Desk, folder: Path, files: Sequence[Found]) -> None:
    paths = [found.path for found in files]
    marks = {found.path.name: found.mark for found in files}
    origin = Origin("folder", marks, watched.place_for(folder, desk.clock.real()))
    try:
        report = import_files(actor, desk, paths=paths, origin=origin)
    except Exception as error:
        if may_pass(error):
            raise
        report = _broken(Call(actor, desk, paths, accept_good=False, origin=origin), error)
    run = _last_run(desk)
    _put_away(desk, folder, files, run, map(str, report.refused))


def _broken(call: Call, error: Exception) -> ImportReport:
    """Ours to mend: told like a refusal, and the files are put aside."""
    name = reference(error, files=call.names)
    report = ImportReport(applied=False)
    reason = f"something went wrong on our side, reference {name}"
    report.refuse(RowRefused(Place(call.names[0], 0), "", reason))
    record_refusal(call, report)
    return report


def _last_run(desk: Desk) -> ImportRun:
    with desk.database.reading() as session:
        run = import_runs.last_of_folder(session)
    assert run is not None  # it was recorded just now, and the lock is ours
    return run


def _put_away(
    desk: Desk, folder: Path, files: Sequence[Found], run: ImportRun, refusals: Iterable[str]
) -> None:
    place = folder / ("done" if run.applied else "failed") / run.place
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not run.applied:
            lines = [*refusals, "Nothing was imported: mend these rows and put the files back."]
            (place / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        watched.move(files, place)
    except OSError as error:
        done = "were imported" if run.applied else "were refused"
        why = error.strerror or str(error)
        text = f"Files in IMPORT_DIR {done} but cannot be moved to {place.name}: {why}."
        _tell(desk, f"import-stuck:{run.id}", text)


@repeatable
def _tell(desk: Desk, key: str, text: str) -> None:
    """Once for each `key`."""
    log.warning("unattended import", extra={"why": text})
    with desk.database.writing() as session:
        _queue(session, desk, key, text)


def _queue(session: Session, desk: Desk, key: str, text: str) -> None:
    channel, now = desk.policy.payments_channel, desk.clock.now()
    outbox.queue_notice(session, key=key, text=text, channel=channel, now=now)
