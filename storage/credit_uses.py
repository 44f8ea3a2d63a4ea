"""Credit that a customer used on the pay page: what a checkout is to use, and what was used.

A checkout plans an amount for each invoice; which credit it is, is settled when its money is.
"""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, col, select

from storage.checkouts import CheckoutAttempt
from storage.columns import STRICT, Minor, Text, Utc, one_of, rule
from storage.credits import Kind


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


def promised_of(session: Session, customer_id: str, currency: str) -> int:
    """Minor units of the customer's credit that bank debits under way are going to use."""
    own = (
        select(func.sum(PlannedCredit.amount))
        .join(CheckoutAttempt, col(CheckoutAttempt.id) == PlannedCredit.attempt_id)
        .where(
            CheckoutAttempt.status == "processing",
            CheckoutAttempt.customer_id == customer_id,
            CheckoutAttempt.currency == currency,
        )
    )
    return int(session.exec(own).one() or 0)


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
