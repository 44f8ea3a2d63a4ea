"""How long past due: five buckets by days."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

Bucket = Literal["current", "1_30", "31_60", "61_90", "over_90"]

LABELS: dict[Bucket, str] = {
    "current": "Current",
    "1_30": "1\N{EN DASH}30 days",
    "31_60": "31\N{EN DASH}60 days",
    "61_90": "61\N{EN DASH}90 days",
    "over_90": "Over 90 days",
}
_UP_TO: tuple[tuple[int, Bucket], ...] = (
    (0, "current"),
    (30, "1_30"),
    (60, "31_60"),
    (90, "61_90"),
)


def days_late(due_date: date, today: date) -> int:
    """Days past due on `today`; zero on the due date itself and before."""
    return max((today - due_date).days, 0)


def bucket(due_date: date, today: date) -> Bucket:
    late = days_late(due_date, today)
    return next((name for most, name in _UP_TO if late <= most), "over_90")


def aged(open_items: Iterable[tuple[date, int]], today: date) -> dict[Bucket, int]:
    """Sums of due dates with amounts, every bucket named, in order."""
    sums = dict.fromkeys(LABELS, 0)
    for due_date, amount in open_items:
        sums[bucket(due_date, today)] += amount
    return sums
