"""The periods that statements are made for: whole days of the company, one after the other.

Every day lies in exactly one period of a cadence. A period closes at 18:00 company time on its
last day: an hour that no clock change hides or repeats. Pure: no clock, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

Cadence = Literal["weekly", "semimonthly", "monthly"]

CLOSES = time(18, 0)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MID_MONTH = 15


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Both days belong to it."""

    start: date
    end: date

    def closes_at(self, timezone: ZoneInfo) -> datetime:
        """In UTC."""
        return datetime.combine(self.end, CLOSES, timezone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class SeedSchedule:
    """Of period-end statements, as the setting has it; `since` None: from now on.

    `cadence` None: none is to run.
    """

    cadence: Cadence | None
    since: date | None = None


def containing(cadence: Cadence, day: date) -> Period:
    """Weeks are Monday to Sunday; half months end on the 15th and the last day."""
    if cadence == "weekly":
        start = day - day.weekday() * _DAY
        return Period(start, start + _WEEK - _DAY)
    first, last = day.replace(day=1), day + relativedelta(day=31)  # clipped to the month's length
    if cadence == "monthly":
        return Period(first, last)
    middle = day.replace(day=_MID_MONTH)
    return Period(first, middle) if day <= middle else Period(middle + _DAY, last)


def after(cadence: Cadence, period: Period) -> Period:
    return containing(cadence, period.end + _DAY)


def closed(cadence: Cadence, since: date, now: datetime, timezone: ZoneInfo) -> Iterator[Period]:
    """Those that end on `since` or later and have closed by `now`, oldest first."""
    period = containing(cadence, since)
    while period.closes_at(timezone) <= now:
        yield period
        period = after(cadence, period)


def upcoming(cadence: Cadence, since: date, now: datetime, timezone: ZoneInfo) -> Period:
    """The first that ends on `since` or later and is still open at `now`."""
    period = containing(cadence, max(since, now.astimezone(timezone).date()))
    return period if now < period.closes_at(timezone) else after(cadence, period)
