"""Refunds: what Stripe knows of, under Stripe's ids, and the orders of staff that make them.

An order is written and committed before Stripe is asked; its id names the idempotency key.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, func, text
from sqlmodel import Field, Session, SQLModel, col, or_, select

from storage.columns import STRICT, Json, Minor, Text, Utc, one_of, rule
from storage.gateway_states import RefundReason, RefundStatus

OrderStatus = Literal["queued", "done", "refused", "unknown"]
# What may follow what: money that was given back can still come back, never the other way.
NEXT: dict[RefundStatus, frozenset[RefundStatus]] = {
    "pending": frozenset({"succeeded", "failed", "canceled"}),
    "succeeded": frozenset({"failed", "canceled"}),
    "failed": frozenset(),
    "canceled": frozenset(),
}
COUNTED: tuple[RefundStatus, ...] = ("pending", "succeeded")

_QUEUED = text("status = 'queued'")


class Refund(SQLModel, table=True):
    __tablename__ = "refunds"
    __table_args__ = (
        one_of("status", RefundStatus),
        rule("amount_positive", "amount > 0"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)  # Stripe's
    payment_id: str = Field(foreign_key="payments.id", index=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    status: RefundStatus = Field(sa_type=Text)
    reason: str = Field(default="", sa_type=Text)  # Stripe's word
    failure: str = Field(default="", sa_type=Text)
    requested_by: str = Field(default="", sa_type=Text)  # "": made in Stripe's Dashboard
    approved_by: str = Field(default="", sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    # Minor units by invoice number as the person chose; empty: as the rule has it.
    chosen: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    made_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(sa_type=Utc)


class RefundLine(SQLModel, table=True):
    """What the refund took off an invoice; gone again when the refund failed."""

    __tablename__ = "refund_lines"
    __table_args__ = (
        rule("amount_positive", "amount > 0"),
        Index("ix_refund_lines_invoice", "invoice_number"),
        STRICT,
    )

    refund_id: str = Field(primary_key=True, foreign_key="refunds.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


class RefundOrder(SQLModel, table=True):
    __tablename__ = "refund_orders"
    __table_args__ = (
        one_of("status", OrderStatus),
        one_of("reason", RefundReason),
        rule("amount_positive", "amount > 0"),
        Index(
            "ix_refund_orders_queued",
            "created_at",
            sqlite_where=_QUEUED,
            postgresql_where=_QUEUED,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    payment_id: str = Field(foreign_key="payments.id", index=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    reason: RefundReason = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    # Minor units by invoice number as the person chose; empty: as the rule has it.
    shares: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    requested_by: str = Field(sa_type=Text)
    approval_id: str | None = Field(
        default=None, unique=True, foreign_key="approvals.id", sa_type=Text
    )
    approved_by: str = Field(default="", sa_type=Text)
    status: OrderStatus = Field(default="queued", sa_type=Text)
    key_number: int = 1  # a further key only after Stripe said that the earlier made nothing
    attempts: int = 0
    lease_token: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=Utc)
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    first_tried_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str = Field(default="", sa_type=Text)
    refund_id: str | None = Field(default=None, unique=True, foreign_key="refunds.id", sa_type=Text)
    created_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)


def find(session: Session, refund_id: str) -> Refund | None:
    return session.get(Refund, refund_id)


def find_order(session: Session, order_id: str) -> RefundOrder | None:
    return session.get(RefundOrder, order_id)


def of_payment(session: Session, payment_id: str) -> list[Refund]:
    own = select(Refund).where(Refund.payment_id == payment_id)
    return list(session.exec(own.order_by(Refund.id)))


def ordered(session: Session, payment_id: str) -> int:
    """Minor units that staff have ordered and Stripe has not yet made."""
    own = select(func.sum(RefundOrder.amount)).where(
        RefundOrder.payment_id == payment_id,
        col(RefundOrder.status).in_(("queued", "unknown")),
    )
    return int(session.exec(own).one() or 0)


def ordered_by(session: Session, payment_id: str, person_id: str) -> int:
    """Minor units of the payment that the person has had refunded, or has ordered to be."""
    own = select(func.sum(RefundOrder.amount)).where(
        RefundOrder.payment_id == payment_id,
        RefundOrder.requested_by == person_id,
        RefundOrder.status != "refused",
    )
    return int(session.exec(own).one() or 0)


def lines(session: Session, refund_id: str) -> dict[str, int]:
    own = select(RefundLine).where(RefundLine.refund_id == refund_id)
    rows = session.exec(own.order_by(RefundLine.invoice_number))
    return {row.invoice_number: row.amount for row in rows}


def replace_lines(session: Session, refund_id: str, parts: dict[str, int]) -> None:
    for row in session.exec(select(RefundLine).where(RefundLine.refund_id == refund_id)):
        session.delete(row)
    session.flush()
    session.add_all(
        RefundLine(refund_id=refund_id, invoice_number=number, amount=amount)
        for number, amount in parts.items()
    )
    session.flush()


def taken_off(session: Session, invoice_number: str) -> int:
    """Minor units that refunds have taken off the invoice."""
    own = select(func.sum(RefundLine.amount)).where(RefundLine.invoice_number == invoice_number)
    return int(session.exec(own).one() or 0)


def next_order(session: Session, real: datetime) -> RefundOrder | None:
    """The oldest order that nobody carries out and that is not waiting for its retry."""
    order = RefundOrder
    due = select(order).where(
        _QUEUED,  # in the very words of the index
        or_(col(order.leased_until).is_(None), col(order.leased_until) < real),
        or_(col(order.retry_at).is_(None), col(order.retry_at) <= real),
    )
    oldest = due.order_by(col(order.created_at), order.id).limit(1)
    return session.exec(oldest.with_for_update(key_share=True, skip_locked=True)).first()


def anything_queued(session: Session) -> bool:
    """Whether claiming is worth the write lock."""
    return session.exec(select(RefundOrder.id).where(_QUEUED).limit(1)).first() is not None


def held_by(session: Session, order_id: str, lease_token: str | None) -> RefundOrder | None:
    """The order, locked, if that lease still holds it."""
    own = select(RefundOrder).where(
        RefundOrder.id == order_id,
        RefundOrder.lease_token == lease_token,
        RefundOrder.status == "queued",
    )
    return session.exec(own.with_for_update(key_share=True)).first()


def lock_order(session: Session, order_id: str) -> RefundOrder | None:
    held = select(RefundOrder).where(RefundOrder.id == order_id).with_for_update(key_share=True)
    options: dict[str, Any] = {"populate_existing": True}
    return session.exec(held.execution_options(**options)).first()
