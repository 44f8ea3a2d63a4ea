"""The nightly comparison with the gateway: one row for each day, and what differed.

The row makes it happen once, whoever looks; stage and cursor let anybody go on where it stopped.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from storage.columns import STRICT, Day, Text, Utc, one_of

ComparisonStatus = Literal["running", "matched", "differs", "unfinished"]
FINISHED: tuple[ComparisonStatus, ...] = ("matched", "differs")
DifferenceKind = Literal["missing_here", "missing_there", "amount", "status", "overdue"]

_RUNNING = text("status = 'running'")


class Comparison(SQLModel, table=True):
    __tablename__ = "comparisons"
    __table_args__ = (
        one_of("status", ComparisonStatus),
        Index("ix_comparisons_running", "day", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        STRICT,
    )

    day: date = Field(primary_key=True, sa_type=Day)  # the company's
    status: ComparisonStatus = Field(default="running", sa_type=Text)
    since: datetime = Field(sa_type=Utc)  # by the gateway's clock, inclusive
    until: datetime = Field(sa_type=Utc)  # exclusive
    stage: str = Field(sa_type=Text)
    cursor: str = Field(default="", sa_type=Text)
    compared: int = 0  # movements, disputes and payouts of the gateway
    error: str = Field(default="", sa_type=Text)  # why the last step could not be made
    lease_token: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=Utc)
    started_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)


class ComparisonDifference(SQLModel, table=True):
    __tablename__ = "comparison_differences"
    __table_args__ = (one_of("kind", DifferenceKind), STRICT)

    day: date = Field(primary_key=True, foreign_key="comparisons.day", sa_type=Day)
    object_id: str = Field(primary_key=True, sa_type=Text)
    kind: DifferenceKind = Field(primary_key=True, sa_type=Text)
    what: str = Field(sa_type=Text)  # payment, refund, dispute, payout …
    payment_id: str = Field(default="", sa_type=Text)
    ours: str = Field(default="", sa_type=Text)  # plain text, such as "USD 125.00 succeeded"
    theirs: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=Utc)


def find(session: Session, day: date) -> Comparison | None:
    return session.get(Comparison, day)


def running(session: Session) -> Comparison | None:
    """The one that is not finished yet, the oldest if there are several."""
    return session.exec(select(Comparison).where(_RUNNING).order_by(col(Comparison.day))).first()


def claimable(session: Session, real: datetime) -> Comparison | None:
    """A running one that nobody works on, locked."""
    free = select(Comparison).where(
        _RUNNING, or_(col(Comparison.leased_until).is_(None), col(Comparison.leased_until) < real)
    )
    oldest = free.order_by(col(Comparison.day)).limit(1)
    return session.exec(oldest.with_for_update(key_share=True, skip_locked=True)).first()


def held_by(session: Session, day: date, lease_token: str | None) -> Comparison | None:
    """The comparison, locked, if that lease still holds it."""
    own = select(Comparison).where(
        Comparison.day == day,
        Comparison.lease_token == lease_token,
        Comparison.status == "running",
    )
    return session.exec(own.with_for_update(key_share=True)).first()


def last(session: Session, *, finished: bool = False) -> Comparison | None:
    """The newest, or the newest that came to its end."""
    rows = select(Comparison)
    if finished:
        rows = rows.where(col(Comparison.status).in_(FINISHED))
    return session.exec(rows.order_by(col(Comparison.until).desc()).limit(1)).first()


def last_before(session: Session, row: Comparison) -> Comparison | None:
    """The one of the night before, or of the last night that had one."""
    earlier = select(Comparison).where(Comparison.day < row.day)
    return session.exec(earlier.order_by(col(Comparison.day).desc()).limit(1)).first()


def add_difference(session: Session, row: ComparisonDifference) -> None:
    """Once for each object and kind: the same may be met in several stages."""
    session.merge(row)
    session.flush()


def drop_differences(session: Session, day: date, object_ids: Iterable[str]) -> None:
    """Of objects that do not differ any more."""
    for object_id in object_ids:
        row = ComparisonDifference
        for found in session.exec(select(row).where(row.day == day, row.object_id == object_id)):
            session.delete(found)
    session.flush()


def differing_after(
    session: Session, day: date, after: str, limit: int
) -> list[ComparisonDifference]:
    """By object; all of one object's come together, for `limit` counts objects."""
    row = ComparisonDifference
    ids = select(row.object_id).where(row.day == day, row.object_id > after).distinct()
    some = list(session.exec(ids.order_by(row.object_id).limit(limit)))
    own = select(row).where(row.day == day, col(row.object_id).in_(some))
    return list(session.exec(own.order_by(row.object_id, row.kind)))


def differences(
    session: Session, day: date, *, limit: int | None = None, offset: int = 0
) -> list[ComparisonDifference]:
    """In the order in which they came about."""
    row = ComparisonDifference
    own = select(row).where(row.day == day).order_by(col(row.at), row.object_id, row.kind)
    own = own.offset(offset).limit(limit) if limit is not None else own
    return list(session.exec(own))


def count_differences(session: Session, day: date) -> int:
    own = select(func.count()).where(col(ComparisonDifference.day) == day)
    return session.exec(own).one()


def earliest_difference(session: Session, day: date) -> datetime | None:
    own = select(func.min(col(ComparisonDifference.at))).where(ComparisonDifference.day == day)
    return session.exec(own).one()
