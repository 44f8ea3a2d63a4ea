"""When statements go out by themselves, and the runs that made them go.

A schedule is for one group of customers, or for everyone whose group has none of its own. A run
is one period of one schedule: its row is what makes the period happen once.
"""

from datetime import date, datetime
from functools import cache
from typing import Literal

from sqlalchemy import Index, bindparam, text
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.columns import STRICT, Day, Flag, Text, Utc, one_of, rule
from storage.statements import StatementType

CadenceName = Literal["weekly", "semimonthly", "monthly"]
Audience = Literal["with_balance", "with_activity", "all"]
# announced: told the day before, nothing was sent yet.
RunState = Literal["announced", "running", "done", "stopped"]
SEEDED = "setting"  # the id of the one that STATEMENT_SCHEDULE makes

_ACTIVE = text("state = 'active'")
_UNFINISHED = text("state = 'running'")


class Schedule(SQLModel, table=True):
    __tablename__ = "schedules"
    __table_args__ = (
        one_of("cadence", CadenceName),
        one_of("audience", Audience),
        one_of("type", StatementType),
        one_of("state", Literal["active", "paused"]),
        Index(
            "uq_schedules_group",
            "customer_group",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    cadence: CadenceName = Field(sa_type=Text)
    customer_group: str = Field(default="", sa_type=Text)  # "": whoever no other one is for
    audience: Audience = Field(default="with_balance", sa_type=Text)
    type: StatementType = Field(default="open_items_unpaid", sa_type=Text)
    with_link: bool = Field(default=True, sa_type=Flag)
    starts_on: date = Field(sa_type=Day)  # periods that end before are never sent
    state: Literal["active", "paused"] = Field(default="active", sa_type=Text)
    # Changed in Slack: the setting that it was made from does not count any more.
    edited: bool = Field(default=False, sa_type=Flag)
    changed_by: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=Utc)


class ScheduleRun(SQLModel, table=True):
    __tablename__ = "schedule_runs"
    __table_args__ = (
        one_of("state", RunState),
        rule("period_in_order", "period_start <= period_end"),
        Index("uq_schedule_runs_batch", "batch_id", unique=True),
        Index(
            "ix_schedule_runs_unfinished",
            "period_end",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        STRICT,
    )

    schedule_id: str = Field(primary_key=True, foreign_key="schedules.id", sa_type=Text)
    period_end: date = Field(primary_key=True, sa_type=Day)
    period_start: date = Field(sa_type=Day)
    state: RunState = Field(sa_type=Text)
    batch_id: str | None = Field(default=None, foreign_key="batches.id", sa_type=Text)
    # Customers up to this id have had their turn.
    cursor: str = Field(default="", sa_type=Text)
    begun_at: datetime | None = Field(default=None, sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)


def find(session: Session, schedule_id: str) -> Schedule | None:
    return session.get(Schedule, schedule_id)


def lock(session: Session, schedule_id: str) -> Schedule | None:
    held = select(Schedule).where(Schedule.id == schedule_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def every(session: Session) -> list[Schedule]:
    """Those that run first, then by group."""
    return list(
        session.exec(
            select(Schedule).order_by(
                col(Schedule.state), col(Schedule.customer_group), Schedule.id
            )
        )
    )


def active(session: Session) -> list[Schedule]:
    own = select(Schedule).where(_ACTIVE)
    return list(session.exec(own.order_by(col(Schedule.customer_group))))


def active_for(session: Session, group: str) -> Schedule | None:
    return session.exec(select(Schedule).where(_ACTIVE, Schedule.customer_group == group)).first()


def find_run(session: Session, schedule_id: str, period_end: date) -> ScheduleRun | None:
    return session.get(ScheduleRun, (schedule_id, period_end))


def lock_run(session: Session, schedule_id: str, period_end: date) -> ScheduleRun | None:
    own = {"schedule": schedule_id, "end": period_end}
    return session.exec(_held_run(), params=own).first()


@cache
def _held_run() -> SelectOfScalar[ScheduleRun]:
    """Built once: it is asked for every customer."""
    own = (
        ScheduleRun.schedule_id == bindparam("schedule"),
        ScheduleRun.period_end == bindparam("end"),
    )
    held = select(ScheduleRun).where(*own).with_for_update(key_share=True)
    return held.execution_options(populate_existing=True)


def last_begun(session: Session, schedule_id: str) -> ScheduleRun | None:
    """Of the newest period that was begun, whether finished or not."""
    own = select(ScheduleRun).where(
        ScheduleRun.schedule_id == schedule_id, ScheduleRun.state != "announced"
    )
    return session.exec(own.order_by(col(ScheduleRun.period_end).desc()).limit(1)).first()


def first_begun(session: Session, schedule_id: str) -> ScheduleRun | None:
    """Of the oldest period that was begun."""
    own = select(ScheduleRun).where(
        ScheduleRun.schedule_id == schedule_id, ScheduleRun.state != "announced"
    )
    return session.exec(own.order_by(col(ScheduleRun.period_end)).limit(1)).first()


def unfinished(session: Session) -> list[ScheduleRun]:
    """Runs in which customers still wait for their turn, oldest period first."""
    own = select(ScheduleRun).where(_UNFINISHED)
    return list(
        session.exec(own.order_by(col(ScheduleRun.period_end), col(ScheduleRun.schedule_id)))
    )


def sends_links(session: Session, batch_id: str) -> bool:
    """Whether the batch is a run of a schedule whose statements carry links."""
    run = of_batch(session, batch_id)
    schedule = find(session, run.schedule_id) if run is not None else None
    return schedule is not None and schedule.with_link


def of_batch(session: Session, batch_id: str) -> ScheduleRun | None:
    return session.exec(select(ScheduleRun).where(ScheduleRun.batch_id == batch_id)).first()
