"""Disputes: money that a payer's bank has asked back, under Stripe's ids."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Index, bindparam, text, update
from sqlmodel import Field, Session, SQLModel, col, select, union

from storage import bulk
from storage.columns import STRICT, Minor, Text, Utc, one_of, rule
from storage.gateway_states import CLOSED, DisputeStatus
from storage.payments import PaymentAllocation

OPEN = text("status NOT IN ('warning_closed', 'prevented', 'won', 'lost')")


UNANSWERED: tuple[DisputeStatus, ...] = ("warning_needs_response", "needs_response")


class Dispute(SQLModel, table=True):
    __tablename__ = "disputes"
    __table_args__ = (
        one_of("status", DisputeStatus),
        rule("amount_positive", "amount > 0"),
        rule("withdrawn_not_negative", "withdrawn >= 0"),
        Index("ix_disputes_open", "payment_id", sqlite_where=OPEN, postgresql_where=OPEN),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)  # Stripe's
    payment_id: str = Field(foreign_key="payments.id", index=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    reason: str = Field(default="", sa_type=Text)  # Stripe's word
    status: DisputeStatus = Field(sa_type=Text)
    due_by: datetime | None = Field(default=None, sa_type=Utc)  # until when evidence is taken
    withdrawn: int = Field(default=0, sa_type=Minor)  # and not reinstated
    movements: int = 0  # how often Stripe has moved money for it: a later word has no fewer
    taken_by: str | None = Field(default=None, sa_type=Text)
    taken_at: datetime | None = Field(default=None, sa_type=Utc)
    opened_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(sa_type=Utc)

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED

    @property
    def needs_answer(self) -> bool:
        return self.status in UNANSWERED


class DisputeLine(SQLModel, table=True):
    """What the dispute took off an invoice; gone again when the money came back."""

    __tablename__ = "dispute_lines"
    __table_args__ = (
        rule("amount_positive", "amount > 0"),
        Index("ix_dispute_lines_invoice", "invoice_number"),
        STRICT,
    )

    dispute_id: str = Field(primary_key=True, foreign_key="disputes.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


def find(session: Session, dispute_id: str) -> Dispute | None:
    return session.get(Dispute, dispute_id)


def of_payment(session: Session, payment_id: str) -> list[Dispute]:
    own = select(Dispute).where(Dispute.payment_id == payment_id)
    return list(session.exec(own.order_by(Dispute.id)))


def open_of_payment(session: Session, payment_id: str) -> Dispute | None:
    own = select(Dispute).where(Dispute.payment_id == payment_id, OPEN)
    return session.exec(own.order_by(Dispute.id)).first()


def lines(session: Session, dispute_id: str) -> dict[str, int]:
    own = select(DisputeLine).where(DisputeLine.dispute_id == dispute_id)
    rows = session.exec(own.order_by(DisputeLine.invoice_number))
    return {row.invoice_number: row.amount for row in rows}


def replace_lines(session: Session, dispute_id: str, parts: dict[str, int]) -> None:
    for row in session.exec(select(DisputeLine).where(DisputeLine.dispute_id == dispute_id)):
        session.delete(row)
    session.flush()
    session.add_all(
        DisputeLine(dispute_id=dispute_id, invoice_number=number, amount=amount)
        for number, amount in parts.items()
    )
    session.flush()


def open_invoice_numbers(session: Session, invoice_numbers: list[str]) -> set[str]:
    """Those of the invoices that are under an open dispute, whether or not money has moved."""
    return {row[0] for row in bulk.tuples(session, _disputed(), numbers=invoice_numbers)}


@cache
def _disputed() -> CompoundSelect[Any]:
    """Built once: every statement asks it."""
    among: Any = bindparam("numbers", expanding=True)
    paid = (
        select(PaymentAllocation.invoice_number)
        .join(Dispute, col(Dispute.payment_id) == PaymentAllocation.payment_id)
        .where(OPEN, col(PaymentAllocation.invoice_number).in_(among))
    )
    taken = (
        select(DisputeLine.invoice_number)
        .join(Dispute, col(Dispute.id) == DisputeLine.dispute_id)
        .where(OPEN, col(DisputeLine.invoice_number).in_(among))
    )
    return union(paid, taken)


def unanswered(session: Session, *, after: datetime, until: datetime) -> list[Dispute]:
    """Those that the bank waits for an answer to, by a deadline in that time; nearest first."""
    due_by = col(Dispute.due_by)
    own = select(Dispute).where(
        OPEN, col(Dispute.status).in_(UNANSWERED), due_by > after, due_by <= until
    )
    return list(session.exec(own.order_by(due_by, Dispute.id)))


def any_open(session: Session) -> bool:
    return session.exec(select(Dispute.id).where(OPEN).limit(1)).first() is not None


def is_open_for(session: Session, invoice_number: str) -> bool:
    return bool(open_invoice_numbers(session, [invoice_number]))


def take(session: Session, dispute_id: str, person_id: str, at: datetime) -> bool:
    """Make the person its owner; False when somebody is already."""
    free = (col(Dispute.id) == dispute_id) & col(Dispute.taken_by).is_(None)
    taken = update(Dispute).where(free).values(taken_by=person_id, taken_at=at)
    return session.connection().execute(taken).rowcount == 1
