"""Which period of a schedule comes next: after what was begun, without gap or overlap."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlmodel import Session

from commands.desk import Desk
from commands.rules import periods
from commands.rules.periods import Period
from storage import schedules
from storage.schedules import Schedule, ScheduleRun

_DAY = timedelta(days=1)


def due(session: Session, desk: Desk, schedule: Schedule) -> Iterator[Period]:
    """Periods that have closed and were not begun, oldest first."""
    last = schedules.last_begun(session, schedule.id)
    since = _since(schedule, last)
    found = periods.closed(schedule.cadence, since, desk.clock.now(), desk.policy.timezone)
    return (_behind(period, last) for period in found)


def next_period(session: Session, desk: Desk, schedule: Schedule) -> Period:
    """The one that closes next."""
    last = schedules.last_begun(session, schedule.id)
    since = _since(schedule, last)
    now, timezone = desk.clock.now(), desk.policy.timezone
    return _behind(periods.upcoming(schedule.cadence, since, now, timezone), last)


def _since(schedule: Schedule, last: ScheduleRun | None) -> date:
    if last is None:
        return schedule.starts_on
    return max(schedule.starts_on, last.period_end + _DAY)


def _behind(period: Period, last: ScheduleRun | None) -> Period:
    """Cut where the last one ended: the cadence may have been changed between."""
    if last is None or period.start > last.period_end:
        return period
    return Period(last.period_end + _DAY, period.end)
