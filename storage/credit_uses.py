"""Credit that a customer used on the pay page: what a checkout is to use, and what was used.

A checkout plans an amount for each invoice; which credit it is, is settled when its money is.
"""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam, func
from sqlmodel import Field, Session, SQLModel, col, select

from storage import bulk
from storage.checkouts import CheckoutAttempt, CheckoutAttemptLine
from storage.columns import STRICT, Minor, Text, Utc, one_of, rule
from storage.credits import Kind
from storage.invoices import OPEN, Invoice
from storage.payments import UNAPPLIED, Payment


class PlannedCredit(SQLModel, table=True):
    """How much credit goes on which invoice once the attempt's money is there."""

    __tablename__ = "checkout_attempt_credits"
    __table_args__ = (rule("amount_positive", "amount > 0"), STRICT)

    attempt_id: str = Field(primary_key=True, foreign_key="checkout_attempts.id", sa_type=Text)
    invoice_number: str = Field(
        primary_key=True, foreign_key="invoices.number", index=True, sa_type=Text
    )
    amount: int = Field(sa_type=Minor)


class CreditUse(SQLModel, table=True):
    """Once for each attempt whose money came, or for each time that credit alone was enough."""

    __tablename__ = "credit_uses"
    __table_args__ = (rule("amount_positive", "amount > 0"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    link_id: str = Field(foreign_key="payment_links.id", index=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", sa_type=Text)
    attempt_id: str | None = Field(
        default=None, unique=True, foreign_key="checkout_attempts.id", sa_type=Text
    )
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    reference: str = Field(default="", sa_type=Text)  # the customer's own
    used_at: datetime = Field(sa_type=Utc)


class CreditUseLine(SQLModel, table=True):
    """The part of a credit memo or of a payment that went on an invoice."""

    __tablename__ = "credit_use_lines"
    __table_args__ = (one_of("kind", Kind), rule("amount_positive", "amount > 0"), STRICT)

    use_id: str = Field(primary_key=True, foreign_key="credit_uses.id", sa_type=Text)
    kind: Kind = Field(primary_key=True, sa_type=Text)
    source: str = Field(primary_key=True, sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


def plan(session: Session, attempt_id: str, shares: dict[str, int]) -> None:
    """Write what the attempt is to use, minor units by invoice number."""
    session.add_all(
        PlannedCredit(attempt_id=attempt_id, invoice_number=number, amount=amount)
        for number, amount in shares.items()
    )
    session.flush()


def planned(session: Session, attempt_id: str) -> dict[str, int]:
    own = select(PlannedCredit).where(PlannedCredit.attempt_id == attempt_id)
    rows = session.exec(own.order_by(PlannedCredit.invoice_number))
    return {row.invoice_number: row.amount for row in rows}


def promised(session: Session, invoice_numbers: list[str]) -> dict[str, int]:
    """Minor units that go on each invoice when bank debits under way arrive; none: not there."""
    row = PlannedCredit
    sums = (
        select(row.invoice_number, func.sum(row.amount))
        .join(CheckoutAttempt, col(CheckoutAttempt.id) == row.attempt_id)
        .where(CheckoutAttempt.status == "processing", col(row.invoice_number).in_(invoice_numbers))
        .group_by(row.invoice_number)
    )
    return {number: int(amount) for number, amount in session.exec(sums)}


def under_way(session: Session, invoice_numbers: list[str]) -> dict[str, int]:
    """Minor units that bank debits under way bring to each invoice: the money, and the credit
    that goes with it; none: not there.
    """
    found: defaultdict[str, int] = defaultdict(int)
    for number, amount in bulk.tuples(session, _under_way(), numbers=invoice_numbers):
        found[number] += amount
    return found


@cache
def _under_way() -> sa.CompoundSelect[Any]:
    attempt = bulk.table(CheckoutAttempt)
    parts = [bulk.table(CheckoutAttemptLine), bulk.table(PlannedCredit)]
    among: Any = bindparam("numbers", expanding=True)
    return sa.union_all(
        *(
            sa.select(part.c.invoice_number, part.c.amount)
            .join_from(part, attempt, attempt.c.id == part.c.attempt_id)
            .where(attempt.c.status == "processing", part.c.invoice_number.in_(among))
            for part in parts
        )
    )


def there_and_promised(session: Session, customer_id: str, currency: str) -> tuple[int, int]:
    """Minor units of the customer's credit memos and unapplied money that are still open, and of
    what bank debits under way are going to use of them.
    """
    own = {"customer": customer_id, "currency": currency}
    [(memos, money, promised)] = bulk.tuples(session, _there_and_promised(), **own)
    return int(memos or 0) + int(money or 0), int(promised or 0)


@cache
def _there_and_promised() -> sa.Select[Any]:
    memo, money, planned = (bulk.table(each).c for each in (Invoice, Payment, PlannedCredit))
    attempt = bulk.table(CheckoutAttempt).c
    rest = money.amount - money.allocated - money.refunded - money.disputed
    memos = sa.select(func.sum(memo.allocated - memo.total)).where(memo.total < 0, OPEN)
    unapplied = sa.select(func.sum(rest)).where(UNAPPLIED)
    promised = (
        sa.select(func.sum(planned.amount))
        .join_from(bulk.table(PlannedCredit), attempt.id.table, attempt.id == planned.attempt_id)
        .where(attempt.status == "processing")
    )
    asked = ((memos, memo), (unapplied, money), (promised, attempt))
    return sa.select(*(sums.where(*_whose(row)).scalar_subquery() for sums, row in asked))


def _whose(row: Any) -> tuple[Any, Any]:
    return row.customer_id == bindparam("customer"), row.currency == bindparam("currency")


def add(session: Session, use: CreditUse, lines: list[CreditUseLine]) -> None:
    session.add(use)
    session.flush()
    session.add_all(lines)
    session.flush()


def find(session: Session, use_id: str) -> CreditUse | None:
    return session.get(CreditUse, use_id)


def of_attempt(session: Session, attempt_id: str) -> CreditUse | None:
    return session.exec(select(CreditUse).where(CreditUse.attempt_id == attempt_id)).first()


def last_of_link(session: Session, link_id: str) -> CreditUse | None:
    """The latest use of credit alone through the link."""
    own = select(CreditUse).where(CreditUse.link_id == link_id, col(CreditUse.attempt_id).is_(None))
    return session.exec(own.order_by(col(CreditUse.used_at).desc(), CreditUse.id)).first()


def lines(session: Session, use_id: str) -> list[CreditUseLine]:
    own = select(CreditUseLine).where(CreditUseLine.use_id == use_id)
    row = CreditUseLine
    return list(session.exec(own.order_by(row.invoice_number, row.kind, row.source)))
