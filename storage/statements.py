"""Statements of account as they were made, and the items printed on them.

A statement is never computed again: its closing balance is the opening balance of the next one
of that customer and currency, whatever was entered since with an earlier date.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Index, Select, bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage import bulk
from storage.account_values import ItemKind
from storage.columns import STRICT, Day, Flag, Minor, Text, Utc, one_of, rule
from storage.deliveries import Delivery

StatementType = Literal["open_items_unpaid", "open_items_all", "balance_forward"]
# "transaction": dated in the period; "late": entered, or changed, after the last statement;
# "open": what was open at the end of the period.
Section = Literal["transaction", "late", "open"]
Date = date  # a column is called so too


class Statement(SQLModel, table=True):
    __tablename__ = "statements"
    __table_args__ = (
        one_of("type", StatementType),
        rule("period_in_order", "period_start <= period_end"),
        rule("payable_not_negative", "payable >= 0"),
        # Once for each period of a schedule; by hand it may be sent again.
        Index(
            "uq_statements_period",
            "schedule_id",
            "customer_id",
            "period_start",
            "period_end",
            "currency",
            unique=True,
        ),
        Index("ix_statements_account", "customer_id", "currency", "period_end"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", sa_type=Text)
    currency: str = Field(sa_type=Text)
    type: StatementType = Field(sa_type=Text)
    period_start: date = Field(sa_type=Day)
    period_end: date = Field(sa_type=Day)
    opening_balance: int = Field(sa_type=Minor)
    closing_balance: int = Field(sa_type=Minor)
    payable: int = Field(sa_type=Minor)  # what it asked for as printed, with a link or without
    made_at: datetime = Field(sa_type=Utc)
    schedule_id: str | None = Field(default=None, sa_type=Text)  # None: a person sent it
    link_id: str | None = Field(
        default=None, foreign_key="payment_links.id", unique=True, sa_type=Text
    )
    delivery_id: int = Field(foreign_key="deliveries.id", unique=True)
    # Whose closing balance it opens with; None: it opens with what the ledger said.
    previous_id: str | None = Field(default=None, foreign_key="statements.id", sa_type=Text)


class StatementItem(SQLModel, table=True):
    """A line as printed; `amount` below zero lowers what the customer owes."""

    __tablename__ = "statement_items"
    __table_args__ = (one_of("section", Section), one_of("kind", ItemKind), STRICT)

    statement_id: str = Field(primary_key=True, foreign_key="statements.id", sa_type=Text)
    position: int = Field(primary_key=True)
    section: Section = Field(sa_type=Text)
    due_date: date | None = Field(default=None, sa_type=Day)  # of an open invoice
    date: Date = Field(sa_type=Day)
    kind: ItemKind = Field(sa_type=Text)
    number: str = Field(default="", sa_type=Text)  # of the invoice, payment, refund or dispute
    # The customer's own number: the PO of an invoice, the reference of a payment.
    po_number: str = Field(default="", sa_type=Text)
    amount: int = Field(sa_type=Minor)
    open_amount: int = Field(default=0, sa_type=Minor)  # of an open item, at the period's end
    disputed: bool = Field(default=False, sa_type=Flag)  # set apart: not asked for


def find(session: Session, statement_id: str) -> Statement | None:
    return session.get(Statement, statement_id)


def of_delivery(session: Session, delivery_id: int) -> Statement | None:
    """The statement that a mail carries."""
    return session.exec(select(Statement).where(Statement.delivery_id == delivery_id)).first()


def of_link(session: Session, link_id: str) -> Statement | None:
    return session.exec(select(Statement).where(Statement.link_id == link_id)).first()


def add(session: Session, statement: Statement, items: Sequence[StatementItem]) -> None:
    """Items get their position and their statement here."""
    session.add(statement)
    session.flush()
    rows = [
        item.model_dump() | {"statement_id": statement.id, "position": position}
        for position, item in enumerate(items)
    ]
    bulk.insert(session, StatementItem, rows)


def items(
    session: Session, statement_id: str, section: Section | None = None
) -> list[StatementItem]:
    """In the order in which they are printed; of one section only, if it is named."""
    own = select(StatementItem).where(StatementItem.statement_id == statement_id)
    if section is not None:
        own = own.where(StatementItem.section == section)
    return list(session.exec(own.order_by(col(StatementItem.position))))


def of_account(session: Session, customer_id: str, currency: str) -> list[Statement]:
    """The customer's statements in that currency, first period first; not those undone."""
    own = {"customer": customer_id, "currency": currency}
    return list(session.exec(_of_account(), params=own))


@cache
def _of_account() -> SelectOfScalar[Statement]:
    """Built once: every statement asks it."""
    own = (
        select(Statement)
        .join(Delivery, col(Delivery.id) == Statement.delivery_id)
        .where(
            Statement.customer_id == bindparam("customer"),
            Statement.currency == bindparam("currency"),
            Delivery.status != "cancelled",
        )
    )
    return own.order_by(
        col(Statement.period_end), col(Statement.made_at), col(Statement.delivery_id)
    )


def chain(
    session: Session, latest: Statement | None, known: Iterable[Statement] = ()
) -> list[Statement]:
    """It, the one that it follows, and so on; latest first. Unless all of them are `known`, the
    account's are asked for at once, however many years it has.
    """
    if latest is None:
        return []
    found, by_id = [latest], {row.id: row for row in known}
    while before := found[-1].previous_id:
        if before not in by_id:
            by_id = {row.id: row for row in session.exec(_whole_account(latest))}
        found.append(by_id[before])
    return found


def _whole_account(one: Statement) -> SelectOfScalar[Statement]:
    return select(Statement).where(
        Statement.customer_id == one.customer_id, Statement.currency == one.currency
    )


def accounted(session: Session, statement_ids: list[str]) -> list[tuple[ItemKind, str, int]]:
    """Kind, number and amount of everything that these statements moved their balances by."""
    found: list[tuple[ItemKind, str, int]] = []
    for batch in bulk.chunks(statement_ids):
        found += [(*row,) for row in bulk.tuples(session, _accounted(), ids=batch)]
    return found


@cache
def _accounted() -> Select[Any]:
    row = bulk.table(StatementItem).c
    among: Any = bindparam("ids", expanding=True)
    own = sa_select(row.kind, row.number, row.amount)
    return own.where(row.section != "open", row.statement_id.in_(among))


def note_payable(session: Session, delivery_id: int, payable: int) -> None:
    """What the document asks for as it was rendered, in minor units."""
    statement = of_delivery(session, delivery_id)
    if statement is not None:
        statement.payable = payable
        session.add(statement)
