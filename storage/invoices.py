"""Invoices and credit memos with their lines; a credit memo is an invoice below zero."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Index, bindparam, text
from sqlmodel import Field, Session, SQLModel, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from storage import bulk
from storage.columns import STRICT, Day, Exact, Minor, Text, Utc, one_of, rule
from storage.customers import Customer
from storage.money import Money

Lifecycle = Literal["issued", "void", "written_off"]
InvoiceStatus = Literal["open", "partly_paid", "paid", "void", "written_off"]

# Literal, so that the partial indexes can be used.
OPEN = text("lifecycle = 'issued' AND total <> allocated")
_COVERED = ("total", "allocated", "lifecycle")


class Invoice(SQLModel, table=True):
    __tablename__ = "invoices"
    __table_args__ = (
        one_of("lifecycle", Lifecycle),
        rule("total_adds_up", "total = net + tax + rounding"),
        rule(
            "allocated_within_total",
            "(total >= 0 AND allocated BETWEEN 0 AND total)"
            " OR (total < 0 AND allocated BETWEEN total AND 0)",
        ),
        rule("void_holds_nothing", "lifecycle <> 'void' OR allocated = 0"),
        rule("version_counts_from_one", "version >= 1"),
        Index(
            "ix_invoices_open",
            "customer_id",
            "due_date",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_invoices_order_number", "order_number"),
        # The order in which a search shows them: open ones first, then the others.
        Index(
            "ix_invoices_open_by_age",
            "issue_date",
            "number",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_invoices_by_age", "issue_date", "number"),
        # With all that sums and pages of open invoices ask for, so that they read nothing else.
        Index(
            "ix_invoices_open_sums",
            "customer_id",
            "currency",
            "due_date",
            "number",
            *_COVERED,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "ix_invoices_open_by_due",
            "due_date",
            "number",
            "customer_id",
            "currency",
            *_COVERED,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        STRICT,
    )

    number: str = Field(primary_key=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", index=True, sa_type=Text)
    order_number: str = Field(default="", sa_type=Text)
    issue_date: date = Field(sa_type=Day)
    due_date: date = Field(sa_type=Day)
    currency: str = Field(sa_type=Text)
    po_number: str = Field(default="", sa_type=Text)
    notes: str = Field(default="", sa_type=Text)
    version: int = 1
    net: int = Field(sa_type=Minor)
    tax: int = Field(sa_type=Minor)
    rounding: int = Field(default=0, sa_type=Minor)
    total: int = Field(sa_type=Minor)
    # What payments and credits have settled; below zero on a credit memo that was applied.
    allocated: int = Field(default=0, sa_type=Minor)
    lifecycle: Lifecycle = Field(default="issued", sa_type=Text)
    # The business day on which it was voided or written off; None: never, or it came here so.
    ended_on: date | None = Field(default=None, sa_type=Day)
    applies_to: str | None = Field(default=None, foreign_key="invoices.number", sa_type=Text)
    # SHA-256 of the version's lines as imported: the same version with others is refused.
    digest: str = Field(default="", sa_type=Text)
    recorded_at: datetime = Field(sa_type=Utc)

    @property
    def balance(self) -> Money:
        """What is still owed (below zero: credit still to be used); nothing once void."""
        owed = self.total - self.allocated if self.lifecycle == "issued" else 0
        return Money(owed, self.currency)

    @property
    def is_credit_memo(self) -> bool:
        return self.total < 0

    @property
    def status(self) -> InvoiceStatus:
        if self.lifecycle != "issued":
            return self.lifecycle
        if self.total == self.allocated:
            return "paid"
        return "partly_paid" if self.allocated else "open"


class InvoiceLine(SQLModel, table=True):
    __tablename__ = "invoice_lines"
    __table_args__ = (STRICT,)

    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    line: int = Field(primary_key=True)
    description: str = Field(sa_type=Text)
    quantity: Decimal = Field(sa_type=Exact)
    unit: str = Field(default="", sa_type=Text)
    unit_price: Decimal = Field(sa_type=Exact)
    tax_rate: Decimal = Field(default=Decimal(0), sa_type=Exact)  # percent
    amount: int = Field(sa_type=Minor)  # net, rounded half up
    tax: int = Field(sa_type=Minor)


def find(session: Session, number: str) -> Invoice | None:
    return session.get(Invoice, number)


def find_all(session: Session, numbers: list[str]) -> list[Invoice]:
    """The invoices of that list which exist, oldest due first."""
    chosen = select(Invoice).where(col(Invoice.number).in_(numbers))
    return list(session.exec(chosen.order_by(col(Invoice.due_date), Invoice.number)))


def balances(session: Session, numbers: list[str]) -> dict[str, int]:
    """Minor units that are open on those of the list that are open."""
    found = bulk.tuples(session, _balances(), numbers=numbers)
    return {number: total - allocated for number, total, allocated in found}


@cache
def _balances() -> sa.Select[Any]:
    row = bulk.table(Invoice).c
    among = row.number.in_(bindparam("numbers", expanding=True))
    return sa.select(row.number, row.total, row.allocated).where(among, OPEN)


def lines(session: Session, number: str) -> list[InvoiceLine]:
    own = select(InvoiceLine).where(InvoiceLine.invoice_number == number)
    return list(session.exec(own.order_by(col(InvoiceLine.line))))


def of_order(session: Session, order_number: str) -> list[Invoice]:
    """The order's invoices, newest first."""
    return of_orders(session, [order_number])


def of_orders(session: Session, order_numbers: list[str]) -> list[Invoice]:
    """The invoices of these orders, newest first; "" is no order."""
    own = select(Invoice).where(
        col(Invoice.order_number).in_(order_numbers), Invoice.order_number != ""
    )
    return list(session.exec(own.order_by(col(Invoice.issue_date).desc(), Invoice.number)))


def count_owing(session: Session, group: str = "") -> int:
    """How many customers of the group ("": all) have something open."""
    own = select(func.count(func.distinct(Invoice.customer_id))).where(OPEN)
    if group:
        own = own.join(Customer).where(Customer.group == group)
    return session.exec(own).one()


def open_numbers(customer_id: str) -> SelectOfScalar[str]:
    """The query of the numbers that `open_of` would find, for use inside another."""
    return select(Invoice.number).where(Invoice.customer_id == customer_id, OPEN)


def open_of(session: Session, customer_id: str) -> list[Invoice]:
    """The customer's invoices and credit memos with a balance, oldest due first."""
    own = select(Invoice).where(Invoice.customer_id == customer_id, OPEN)
    return list(session.exec(own.order_by(col(Invoice.due_date), Invoice.number)))
