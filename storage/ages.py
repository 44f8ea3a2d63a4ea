"""How long money has been owed: the five classes that every aging is told in."""

from datetime import date, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, and_

Bucket = Literal["current", "1-30", "31-60", "61-90", "over_90"]  # days past due

BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
# How many days past due the first day of each class is, and so when an invoice enters it.
BEGIN: dict[Bucket, int | None] = {
    "current": None,
    "1-30": 1,
    "31-60": 31,
    "61-90": 61,
    "over_90": 91,
}


def bucket(due: date, today: date) -> Bucket:
    """Due today is current still."""
    late = (today - due).days
    entered = [name for name, begin in BEGIN.items() if begin is None or late >= begin]
    return entered[-1]


def due_range(name: Bucket, today: date) -> tuple[date | None, date | None]:
    """The first and the last due date of the class, both in it; None: there is no end."""
    begin, following = BEGIN[name], _following(name)
    last = None if begin is None else today - timedelta(days=begin)
    first = None if following is None else today - timedelta(days=following - 1)
    return first, last


def due_in(due: Any, name: Bucket, today: date) -> ColumnElement[bool]:
    """That the due date in that column is of the class."""
    first, last = due_range(name, today)
    within = [due >= first] if first else []
    return and_(*within, *([due <= last] if last else []))


def _following(name: Bucket) -> int | None:
    later = BUCKETS[BUCKETS.index(name) + 1 :]
    return BEGIN[later[0]] if later else None
