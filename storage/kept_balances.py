"""Balances by age that are kept, so that fifty thousand customers are searched in a moment.

A row tells how a customer stands in a currency on each day from `aged_from` until before
`aged_until`: on the others some invoice is in another class. Triggers on invoices and payments
end it in the very transaction that moves anything, whoever writes; what has ended is computed
from the documents until it is kept again. So what is read is never out of date.
"""

from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Field, SQLModel, col

from storage.columns import STRICT, Day, Minor, Text

ENDED = date.min  # the `aged_until` that triggers write


class KeptBalance(SQLModel, table=True):
    __tablename__ = "kept_balances"
    __table_args__ = (STRICT,)

    customer_id: str = Field(primary_key=True, foreign_key="customers.id", sa_type=Text)
    currency: str = Field(primary_key=True, sa_type=Text)
    aged_from: date = Field(default=ENDED, sa_type=Day)
    aged_until: date = Field(default=ENDED, sa_type=Day)
    oldest_due: date | None = Field(default=None, sa_type=Day)
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
