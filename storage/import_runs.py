"""Every import that was tried: when, what came of it, and whether its report is still to come."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, text, true
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import Flag, Json, Text, Utc, one_of

ImportSource = Literal["command", "folder"]
# Whether the payments channel is to hear what became of the automatic invoices of a run.
ReportState = Literal["none", "pending", "queued"]

_PENDING = text("report = 'pending'")


class ImportRun(SQLModel, table=True):
    __tablename__ = "import_runs"
    __table_args__ = (
        one_of("source", ImportSource),
        one_of("report", ReportState),
        Index("ix_import_runs_source", "source", "id"),
        Index("ix_import_runs_applied", "applied", "at"),
        Index("ix_import_runs_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        {"sqlite_strict": True, "sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc)
    source: ImportSource = Field(sa_type=Text)
    files: list[str] = Field(default_factory=list, sa_type=Json)
    # Of a watched folder: each file's size and times by name, so that it is known again.
    marks: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    place: str = Field(default="", sa_type=Text)  # its files are moved to done/… or failed/…
    applied: bool = Field(sa_type=Flag)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    refused: int = 0
    refusals: list[str] = Field(default_factory=list, sa_type=Json)  # the first ones
    report: ReportState = Field(default="none", sa_type=Text)


def add(session: Session, run: ImportRun) -> int:
    """The id of the run."""
    session.add(run)
    session.flush()
    assert run.id is not None
    return run.id


def find(session: Session, run_id: int) -> ImportRun | None:
    return session.get(ImportRun, run_id)


def last_applied(session: Session) -> ImportRun | None:
    """The import that the ledger's data are from."""
    done = select(ImportRun).where(col(ImportRun.applied) == true())
    newest = done.order_by(col(ImportRun.at).desc(), col(ImportRun.id).desc())
    return session.exec(newest.limit(1)).first()


def last_of_folder(session: Session) -> ImportRun | None:
    own = select(ImportRun).where(ImportRun.source == "folder")
    return session.exec(own.order_by(col(ImportRun.id).desc()).limit(1)).first()


def to_report(session: Session) -> list[ImportRun]:
    """Runs whose report is still to come, oldest first."""
    own = select(ImportRun).where(_PENDING)
    return list(session.exec(own.order_by(col(ImportRun.id))))


def lock(session: Session, run_id: int) -> ImportRun | None:
    held = select(ImportRun).where(ImportRun.id == run_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()
