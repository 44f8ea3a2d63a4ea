from datetime import date, timedelta

import pytest

from commands.rules import aging

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (-10, "current"),
        (0, "current"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "over_90"),
        (900, "over_90"),
    ],
)
def test_a_bucket_ends_with_its_last_day(late: int, expected: str) -> None:
    assert aging.bucket(TODAY - timedelta(days=late), TODAY) == expected


def test_every_bucket_is_named_and_the_sums_add_up() -> None:
    rows = [(TODAY - timedelta(days=n * 20), 100 + n) for n in range(8)]
    sums = aging.aged(rows, TODAY)
    assert list(sums) == list(aging.LABELS)
    assert sum(sums.values()) == sum(amount for _, amount in rows)


def test_nothing_is_late_before_it_is_due() -> None:
    assert aging.days_late(TODAY + timedelta(days=5), TODAY) == 0
