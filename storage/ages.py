"""How long money has been owed: the five classes that every aging is told in."""

from datetime import date, timedelta
from typing import Literal, get_args

Bucket = Literal["current", "1-30", "31-60", "61-90", "over_90"]  # days past due

BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
# How many days past due the first day of each class is, and so when an invoice enters it.
_BEGIN: dict[Bucket, int | None] = {
    "current": None,
    "1-30": 1,
    "31-60": 31,
    "61-90": 61,
    "over_90": 91,
}


def bucket(due: date, today: date) -> Bucket:
    """Due today is current still."""
    late = (today - due).days
    entered = [name for name, begin in _BEGIN.items() if begin is None or late >= begin]
    return entered[-1]


def due_range(name: Bucket, today: date) -> tuple[date | None, date | None]:
    """The first and the last due date of the class, both in it; None: there is no end."""
    begin, following = _BEGIN[name], _following(name)
    last = None if begin is None else today - timedelta(days=begin)
    first = None if following is None else today - timedelta(days=following - 1)
    return first, last


def _following(name: Bucket) -> int | None:
    later = BUCKETS[BUCKETS.index(name) + 1 :]
    return _BEGIN[later[0]] if later else None
