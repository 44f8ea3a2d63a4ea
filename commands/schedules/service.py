"""Schedules of period-end statements: an Admin sees, makes, changes and pauses them."""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import InvalidInput, NotFound, Refused
from commands.rules import periods
from commands.rules.periods import Cadence, Period
from commands.schedules import words
from commands.schedules.calendar import next_period
from renderers.plain_text import one_line
from storage import schedules
from storage.schedules import Audience, Schedule
from storage.statements import StatementType
from storage.unit_of_work import repeatable

_FURTHEST_BACK_DAYS = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """`id` "" makes a new one; `starts_on`: periods that end before that day are never sent."""

    id: str
    cadence: Cadence
    group: str
    audience: Audience
    type: StatementType
    with_link: bool
    starts_on: date


@dataclass(frozen=True, slots=True)
class Listed:
    schedule: Schedule
    next: Period


@audited("see_schedules")
def look(actor: Actor, desk: Desk) -> list[Listed]:
    """Each with the period that it sends next."""
    require(actor, Permission.ADMINISTER)
    with desk.database.reading() as session:
        return [Listed(row, next_period(session, desk, row)) for row in schedules.every(session)]


@audited("see_schedules", about="schedule_id")
def find(actor: Actor, desk: Desk, *, schedule_id: str) -> Schedule:
    require(actor, Permission.ADMINISTER)
    with desk.database.reading() as session:
        found = schedules.find(session, schedule_id)
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


@audited("save_schedule", about="wanted.id")
@repeatable
def save(actor: Actor, desk: Desk, *, wanted: Wanted) -> Schedule:
    """Make or change one; from then on the setting that it came from does not count.

    Raises `InvalidInput`: a group has one schedule that runs, and no more than 400 days are
    sent for the past.
    """
    require(actor, Permission.ADMINISTER)
    group = one_line(wanted.group)
    with desk.database.writing() as session:
        row = _row(session, actor, desk, wanted)
        taken = _taken(session, row, group) if row.state == "active" else ""
        if taken:
            raise InvalidInput({"group": taken})
        _require_not_too_old(desk, row, wanted)
        row.cadence, row.customer_group, row.audience = wanted.cadence, group, wanted.audience
        row.type, row.with_link, row.starts_on = wanted.type, wanted.with_link, wanted.starts_on
        row.edited, row.changed_by, row.changed_at = True, actor.id, desk.clock.now()
        session.add(row)
        session.flush()
        _audit(session, actor, desk, "save_schedule", row)
        return row


@audited("switch_schedule", about="schedule_id")
@repeatable
def switch(actor: Actor, desk: Desk, *, schedule_id: str, active: bool) -> Schedule:
    """Pause it, or take it up again: periods that ended while it was paused are never sent."""
    require(actor, Permission.ADMINISTER)
    with desk.database.writing() as session:
        row = schedules.lock(session, schedule_id)
        if row is None:
            raise NotFound("There is no such schedule.")
        if active and row.state != "active":
            taken = _taken(session, row, row.customer_group)
            if taken:
                raise Refused(taken)
            now = desk.clock.now()
            today = desk.policy.today(now)
            row.starts_on = max(
                row.starts_on, periods.upcoming(row.cadence, today, now, desk.policy.timezone).end
            )
        row.state = "active" if active else "paused"
        row.edited, row.changed_by, row.changed_at = True, actor.id, desk.clock.now()
        session.add(row)
        _audit(session, actor, desk, "switch_schedule", row)
        return row


def _row(session: Session, actor: Actor, desk: Desk, wanted: Wanted) -> Schedule:
    if wanted.id:
        row = schedules.lock(session, wanted.id)
        if row is None:
            raise NotFound("There is no such schedule.")
        return row
    return Schedule(
        id=f"sch_{secrets.token_hex(6)}",
        cadence=wanted.cadence,
        starts_on=wanted.starts_on,
        changed_by=actor.id,
        changed_at=desk.clock.now(),
    )


def _taken(session: Session, row: Schedule, group: str) -> str:
    """Why the schedule cannot run for that group; "" when it can."""
    other = schedules.active_for(session, group)
    if other is None or other.id == row.id:
        return ""
    return f"There is a schedule for {words.whom(group)} already: change that one."


def _require_not_too_old(desk: Desk, row: Schedule, wanted: Wanted) -> None:
    today = desk.policy.today(desk.clock.now())
    moved = row.starts_on != wanted.starts_on or not wanted.id
    if moved and (today - wanted.starts_on).days > _FURTHEST_BACK_DAYS:
        sentence = f"At most {_FURTHEST_BACK_DAYS} days back: each period since would be sent."
        raise InvalidInput({"starts_on": sentence})


def _audit(session: Session, actor: Actor, desk: Desk, action: str, row: Schedule) -> None:
    auditing.record(
        session,
        actor,
        desk,
        action,
        row.id,
        cadence=row.cadence,
        group=row.customer_group,
        audience=row.audience,
        type=row.type,
        with_link=row.with_link,
        starts_on=row.starts_on.isoformat(),
        state=row.state,
    )
