"""Every import leaves a row: what it brought, and what it would not take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session

from commands.access import AnyActor
from commands.desk import Desk
from commands.import_files import told_in_channel
from commands.import_files.report import ImportReport, shown_name
from storage import import_runs
from storage.import_runs import ImportRun, ImportSource

MOST_REFUSALS = 100  # kept; `report.txt` and the terminal show all of them


@dataclass(frozen=True, slots=True)
class Origin:
    """How the files came; `marks` and `place` are a watched folder's."""

    source: ImportSource = "command"
    marks: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


BY_COMMAND = Origin()


@dataclass(frozen=True, slots=True)
class Call:
    """Who imports which files."""

    actor: AnyActor
    desk: Desk
    paths: Sequence[Path]
    accept_good: bool
    origin: Origin

    @property
    def names(self) -> list[str]:
        return [shown_name(path) for path in self.paths]


def record(session: Session, call: Call, report: ImportReport) -> ImportRun:
    """The row, in the caller's unit of work; the channel hears of it if it has to."""
    origin, waiting = call.origin, report.automatic.waiting
    before = import_runs.last_of_folder(session), import_runs.last_applied(session)
    run = ImportRun(
        at=call.desk.clock.now(),
        source=origin.source,
        files=call.names,
        marks=dict(origin.marks),
        place=origin.place,
        applied=report.applied,
        counts=report.summary(),
        refused=len(report.refused),
        refusals=[str(refusal) for refusal in report.refused[:MOST_REFUSALS]],
        report="pending" if waiting else "none",
    )
    import_runs.add(session, run)
    told_in_channel.tell(session, call.desk, run, *before)
    return run
