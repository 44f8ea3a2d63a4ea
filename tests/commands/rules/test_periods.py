from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commands.rules import periods
from commands.rules.periods import Cadence, Period

CADENCES: tuple[Cadence, ...] = ("weekly", "semimonthly", "monthly")
cadences = some.sampled_from(CADENCES)
days = some.dates(date(1999, 1, 1), date(2105, 1, 1))
NEW_YORK = ZoneInfo("America/New_York")
LEAP = date(2028, 2, 20)


@pytest.mark.parametrize(
    ("cadence", "day", "start", "end"),
    [
        ("weekly", date(2026, 10, 31), date(2026, 10, 26), date(2026, 11, 1)),
        ("weekly", date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        ("semimonthly", date(2026, 2, 15), date(2026, 2, 1), date(2026, 2, 15)),
        ("semimonthly", date(2026, 2, 16), date(2026, 2, 16), date(2026, 2, 28)),
        ("semimonthly", LEAP, date(2028, 2, 16), date(2028, 2, 29)),
        ("monthly", date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31)),
        ("monthly", LEAP, date(2028, 2, 1), date(2028, 2, 29)),
        ("monthly", date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_day(cadence: Cadence, day: date, start: date, end: date) -> None:
    assert periods.containing(cadence, day) == Period(start, end)


@given(cadences, days)
def test_every_day_is_in_the_period_that_it_names(cadence: Cadence, day: date) -> None:
    period = periods.containing(cadence, day)
    assert period.start <= day <= period.end
    assert periods.containing(cadence, period.start) == period
    assert periods.containing(cadence, period.end) == period


@given(cadences, days)
def test_periods_follow_each_other_without_gap(cadence: Cadence, day: date) -> None:
    period = periods.containing(cadence, day)
    following = periods.after(cadence, period)
    assert following.start == period.end + timedelta(days=1)


def test_weeks_end_on_sunday() -> None:
    assert periods.containing("weekly", date(2026, 3, 10)).end.strftime("%A") == "Sunday"


@pytest.mark.parametrize(
    ("zone", "end", "closes"),
    [
        ("UTC", date(2026, 10, 31), datetime(2026, 10, 31, 18, tzinfo=UTC)),
        ("America/New_York", date(2026, 10, 31), datetime(2026, 10, 31, 22, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 1, 23, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 22, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 12, 31), datetime(2026, 12, 31, 4, tzinfo=UTC)),
        ("Pacific/Pago_Pago", date(2026, 12, 31), datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_it_closes_at_six_in_the_evening_there(zone: str, end: date, closes: datetime) -> None:
    assert Period(end, end).closes_at(ZoneInfo(zone)) == closes


def test_what_has_closed_since_a_day_oldest_first() -> None:
    now = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    found = [period.end for period in periods.closed("monthly", date(2026, 8, 5), now, NEW_YORK)]
    assert found == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]


def test_one_that_ends_before_the_day_is_never_among_them() -> None:
    now = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    [only] = periods.closed("monthly", date(2026, 10, 1), now, NEW_YORK)
    assert only == Period(date(2026, 10, 1), date(2026, 10, 31))
    assert list(periods.closed("monthly", date(2026, 11, 1), now, NEW_YORK)) == []


def test_a_moment_before_it_closes_it_is_still_to_come() -> None:
    closes = datetime(2026, 10, 31, 22, tzinfo=UTC)
    before = closes - timedelta(microseconds=1)
    assert periods.upcoming("monthly", date(2026, 1, 1), before, NEW_YORK).end.month == 10
    assert periods.upcoming("monthly", date(2026, 1, 1), closes, NEW_YORK).end.month == 11
    assert periods.upcoming("monthly", date(2027, 2, 3), closes, NEW_YORK).end.month == 2


@given(cadences, days, some.sampled_from(["Pacific/Kiritimati", "America/New_York", "UTC"]))
def test_looking_often_or_rarely_finds_the_same(cadence: Cadence, since: date, zone: str) -> None:
    timezone = ZoneInfo(zone)
    start = datetime.combine(since, periods.CLOSES, timezone).astimezone(UTC)
    looks = [start + timedelta(hours=7 * hours) for hours in range(60)]
    rarely = list(periods.closed(cadence, since, looks[-1], timezone))
    often = {p for look in looks for p in periods.closed(cadence, since, look, timezone)}
    assert sorted(often) == rarely
    assert all(a.end < b.start for a, b in zip(rarely, islice(rarely, 1, None), strict=False))
