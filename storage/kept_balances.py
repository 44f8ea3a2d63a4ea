"""Balances by age that are kept, so that fifty thousand customers are searched in a moment.

A row tells how a customer stands in a currency on each day from `aged_from` until before
`aged_until`: on the others some invoice is in another class. Triggers on invoices and payments
end it in the very transaction that moves anything, whoever writes; what has ended is computed
from the documents until it is kept again. So what is read is never out of date.
"""

from datetime import date

from sqlalchemy import ColumnElement, Index
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from storage.columns import STRICT, Day, Minor, Text

ENDED = date.min  # the `aged_until` that triggers write
NEVER = date.max  # the `oldest_due` of mere credit


class KeptBalance(SQLModel, table=True):
    __tablename__ = "kept_balances"
    __table_args__ = (
        Index("ix_kept_balances_oldest", "oldest_due", "customer_id", "currency"),
        Index("ix_kept_balances_aged_from", "aged_from"),
        Index("ix_kept_balances_aged_until", "aged_until"),
        STRICT,
    )

    customer_id: str = Field(primary_key=True, foreign_key="customers.id", sa_type=Text)
    currency: str = Field(primary_key=True, sa_type=Text)
    aged_from: date = Field(default=ENDED, sa_type=Day)
    aged_until: date = Field(default=ENDED, sa_type=Day)
    oldest_due: date = Field(default=NEVER, sa_type=Day)
    invoices: int = 0
    not_due: int = Field(default=0, sa_type=Minor)
    late_1_30: int = Field(default=0, sa_type=Minor)
    late_31_60: int = Field(default=0, sa_type=Minor)
    late_61_90: int = Field(default=0, sa_type=Minor)
    late_over_90: int = Field(default=0, sa_type=Minor)
    memos: int = Field(default=0, sa_type=Minor)
    unapplied: int = Field(default=0, sa_type=Minor)


def holds_on(today: date) -> ColumnElement[bool]:
    return (col(KeptBalance.aged_from) <= today) & (col(KeptBalance.aged_until) > today)


def ended_on(today: date) -> ColumnElement[bool]:
    """In the words of the indexes."""
    return or_(col(KeptBalance.aged_until) <= today, col(KeptBalance.aged_from) > today)


def count_ended(session: Session, today: date, most: int) -> int:
    """How many are to be computed; nobody counts further than `most`."""
    some = select(KeptBalance.customer_id).where(ended_on(today)).limit(most).subquery()
    return session.exec(select(func.count()).select_from(some)).one()
