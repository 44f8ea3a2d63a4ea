"""The schedule that the setting STATEMENT_SCHEDULE makes, until somebody changes it in Slack."""

from datetime import date
from typing import Any

from commands import auditing
from commands.access import Permission, SystemActor, require
from commands.auditing import audited
from commands.desk import Desk
from commands.rules.periods import Cadence, SeedSchedule
from storage import schedules
from storage.schedules import SEEDED, Schedule
from storage.unit_of_work import repeatable


@audited("seed_schedule")
def seed(actor: SystemActor, desk: Desk) -> None:
    """Make the stored schedule what the setting says; nothing once an Admin has changed it."""
    require(actor, Permission.RUN_SCHEDULES)
    with desk.database.reading() as session:
        row = schedules.find(session, SEEDED)
    setting = desk.policy.statement_schedule
    if setting is not None and not _as_set(row, setting):
        _store(actor, desk, setting)


@repeatable
def _store(actor: SystemActor, desk: Desk, setting: SeedSchedule) -> None:
    with desk.database.writing() as session:
        row = schedules.lock(session, SEEDED)
        if _as_set(row, setting):
            return
        if setting.cadence is None:
            _pause(row)
        elif row is not None or schedules.active_for(session, "") is None:
            row = _row(desk, row, setting.cadence, setting.since)
        if row is not None:
            session.add(row)
            since = row.starts_on.isoformat()
            detail: dict[str, Any] = {"cadence": row.cadence, "since": since, "state": row.state}
            auditing.record(session, actor, desk, "seed_schedule", row.id, **detail)


def _as_set(row: Schedule | None, setting: SeedSchedule) -> bool:
    if row is None:
        return setting.cadence is None
    if row.edited:
        return True
    if setting.cadence is None:
        return row.state == "paused"
    same_day = setting.since is None or row.starts_on == setting.since
    return row.state == "active" and row.cadence == setting.cadence and same_day


def _pause(row: Schedule | None) -> None:
    if row is not None:
        row.state = "paused"


def _row(desk: Desk, row: Schedule | None, cadence: Cadence, day: date | None) -> Schedule:
    """Without a day in the setting nothing is sent for the past."""
    now = desk.clock.now()
    since = day or desk.policy.today(now)
    made = row or Schedule(
        id=SEEDED,
        cadence=cadence,
        starts_on=since,
        changed_by="setting",
        changed_at=now,
    )
    made.cadence, made.starts_on, made.state = cadence, since, "active"
    made.changed_at = now
    return made
