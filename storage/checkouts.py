"""Checkout attempts: one row for each time somebody set out to pay on the gateway's page.

The row is written and committed before the gateway is asked; its id names the idempotency key.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, func, text
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import STRICT, Flag, Minor, Text, Utc, one_of, rule
from storage.methods import Method

AttemptStatus = Literal["created", "open", "processing", "paid", "failed", "expired", "superseded"]
# What may follow what. Money that was captured is told by a payment, whatever the attempt says.
NEXT: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    "created": frozenset({"open", "processing", "paid", "failed", "expired", "superseded"}),
    "open": frozenset({"processing", "paid", "failed", "expired", "superseded"}),
    "superseded": frozenset({"processing", "paid", "failed", "expired"}),
    "expired": frozenset({"processing", "paid"}),
    "processing": frozenset({"paid", "failed"}),
    "failed": frozenset({"paid"}),
    "paid": frozenset(),
}
_LIVE = text("status IN ('created', 'open', 'processing')")
_TO_EXPIRE = text("expire_session")


class CheckoutAttempt(SQLModel, table=True):
    __tablename__ = "checkout_attempts"
    __table_args__ = (
        one_of("status", AttemptStatus),
        rule("amount_positive", "amount > 0"),
        Index("ix_checkout_attempts_live", "status", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "ix_checkout_attempts_to_expire",
            "id",
            sqlite_where=_TO_EXPIRE,
            postgresql_where=_TO_EXPIRE,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    link_id: str = Field(foreign_key="payment_links.id", index=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", index=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    method: Method = Field(sa_type=Text)
    reference: str = Field(default="", sa_type=Text)  # the customer's own
    status: AttemptStatus = Field(default="created", sa_type=Text)
    session_id: str | None = Field(default=None, unique=True, sa_type=Text)
    session_url: str | None = Field(default=None, sa_type=Text)
    session_expires_at: datetime | None = Field(default=None, sa_type=Utc)
    # The session must no longer be payable and the gateway has not yet been told.
    expire_session: bool = Field(default=False, sa_type=Flag)
    payment_id: str | None = Field(default=None, sa_type=Text)
    failure: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(sa_type=Utc)


class CheckoutAttemptLine(SQLModel, table=True):
    """How much of the attempt is meant for which invoice."""

    __tablename__ = "checkout_attempt_lines"
    __table_args__ = (
        rule("amount_positive", "amount > 0"),
        Index("ix_checkout_attempt_lines_invoice", "invoice_number"),
        STRICT,
    )

    attempt_id: str = Field(primary_key=True, foreign_key="checkout_attempts.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


def find(session: Session, attempt_id: str) -> CheckoutAttempt | None:
    return session.get(CheckoutAttempt, attempt_id)


def add(session: Session, attempt: CheckoutAttempt, shares: dict[str, int]) -> None:
    """Write the attempt with its `shares`, minor units by invoice number."""
    session.add(attempt)
    session.flush()
    session.add_all(
        CheckoutAttemptLine(attempt_id=attempt.id, invoice_number=number, amount=amount)
        for number, amount in shares.items()
    )


def shares(session: Session, attempt_id: str) -> dict[str, int]:
    own = select(CheckoutAttemptLine).where(CheckoutAttemptLine.attempt_id == attempt_id)
    return {
        line.invoice_number: line.amount
        for line in session.exec(own.order_by(CheckoutAttemptLine.invoice_number))
    }


def touching(
    session: Session, invoice_numbers: list[str], *statuses: AttemptStatus
) -> list[CheckoutAttempt]:
    """Attempts in one of `statuses` that were meant, in part at least, for these invoices."""
    meant = select(CheckoutAttemptLine.attempt_id).where(
        col(CheckoutAttemptLine.invoice_number).in_(invoice_numbers)
    )
    live = select(CheckoutAttempt).where(
        col(CheckoutAttempt.id).in_(meant), col(CheckoutAttempt.status).in_(statuses)
    )
    return list(session.exec(live.order_by(col(CheckoutAttempt.created_at), CheckoutAttempt.id)))


def pending(session: Session, invoice_numbers: list[str] | None = None) -> dict[str, int]:
    """Minor units under way by bank debit, by invoice number; nothing under way: not there.

    Without `invoice_numbers`, of every invoice.
    """
    line = CheckoutAttemptLine
    sums = (
        select(line.invoice_number, func.sum(line.amount))
        .join(CheckoutAttempt, col(CheckoutAttempt.id) == line.attempt_id)
        .where(CheckoutAttempt.status == "processing")
        .group_by(line.invoice_number)
    )
    if invoice_numbers is not None:
        sums = sums.where(col(line.invoice_number).in_(invoice_numbers))
    return {number: int(amount) for number, amount in session.exec(sums)}


def in_status(session: Session, *statuses: AttemptStatus, limit: int) -> list[CheckoutAttempt]:
    """Attempts to be read again at the gateway, longest unread first."""
    live = select(CheckoutAttempt).where(col(CheckoutAttempt.status).in_(statuses))
    longest = live.order_by(col(CheckoutAttempt.changed_at), CheckoutAttempt.id)
    return list(session.exec(longest.limit(limit)))


def oldest_unfinished(session: Session) -> datetime | None:
    """When the oldest attempt was begun of which the end is not known."""
    begun = select(func.min(col(CheckoutAttempt.created_at))).where(_LIVE)
    return session.exec(begun).one()


def oldest(session: Session) -> datetime | None:
    """When somebody set out to pay for the first time."""
    return session.exec(select(func.min(col(CheckoutAttempt.created_at)))).one()


def any_session(session: Session) -> str:
    """The id of some checkout session that was made, or "": nobody ever set out to pay."""
    made = select(CheckoutAttempt.session_id).where(col(CheckoutAttempt.session_id).is_not(None))
    return session.exec(made.limit(1)).first() or ""


def sessions_to_expire(session: Session, limit: int) -> list[CheckoutAttempt]:
    """Those of which the gateway is still to be told, longest untried first."""
    marked = select(CheckoutAttempt).where(_TO_EXPIRE)  # in the very words of the index
    oldest = marked.order_by(col(CheckoutAttempt.changed_at), CheckoutAttempt.id)
    return list(session.exec(oldest.limit(limit)))


def live_of_link(session: Session, link_id: str) -> list[CheckoutAttempt]:
    """Attempts begun through the link that can still be paid."""
    own = select(CheckoutAttempt).where(
        CheckoutAttempt.link_id == link_id, col(CheckoutAttempt.status).in_(("created", "open"))
    )
    return list(session.exec(own.order_by(col(CheckoutAttempt.created_at), CheckoutAttempt.id)))


def last_paid_of_link(session: Session, link_id: str) -> CheckoutAttempt | None:
    paid = select(CheckoutAttempt).where(
        CheckoutAttempt.link_id == link_id, CheckoutAttempt.status == "paid"
    )
    newest = (col(CheckoutAttempt.changed_at).desc(), col(CheckoutAttempt.id).desc())
    return session.exec(paid.order_by(*newest)).first()
