"""Approvals: what one person asks and another decides, once."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import STRICT, Json, Text, Utc, one_of, rule

ApprovalKind = Literal["bulk", "refund"]
ApprovalStatus = Literal[
    "pending",
    "approved",
    "rejected",
    "expired",
    "withdrawn",
    "sending",
    "recalled",
    "done",
    "partial",
    "stopped",
]

_PENDING = text("status = 'pending'")


class Approval(SQLModel, table=True):
    __tablename__ = "approvals"
    __table_args__ = (
        one_of("kind", ApprovalKind),
        one_of("status", ApprovalStatus),
        rule("counts_not_negative", "customers >= 0 AND invoices >= 0"),
        rule("decided_by_somebody", "status NOT IN ('approved', 'rejected') OR decided_by <> ''"),
        Index(
            "ix_approvals_pending",
            "expires_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    kind: ApprovalKind = Field(sa_type=Text)
    status: ApprovalStatus = Field(default="pending", sa_type=Text)
    requested_by: str = Field(index=True, sa_type=Text)
    decided_by: str | None = Field(default=None, sa_type=Text)
    reason: str = Field(default="", sa_type=Text)  # of the decision
    customers: int = 0
    invoices: int = 0
    totals: dict[str, int] = Field(sa_type=Json)  # minor units by currency
    content: dict[str, Any] = Field(sa_type=Json)  # exactly what is asked, never changed
    content_hash: str = Field(sa_type=Text)  # SHA-256 of the content: what is decided on
    policy_version: int = 1
    created_at: datetime = Field(sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc)
    decided_at: datetime | None = Field(default=None, sa_type=Utc)
    reminded_at: datetime | None = Field(default=None, sa_type=Utc)


def find(session: Session, approval_id: str) -> Approval | None:
    return session.get(Approval, approval_id)


def add(session: Session, approval: Approval) -> Approval:
    session.add(approval)
    session.flush()
    return approval


def move(
    session: Session,
    approval_id: str,
    status: ApprovalStatus,
    *,
    came_from: ApprovalStatus,
    **columns: Any,
) -> bool:
    """Go from one status to another, once: False when it is no longer in `came_from`.

    `columns`: what else is set with it, such as `decided_by`.
    """
    still = (col(Approval.id) == approval_id) & (col(Approval.status) == came_from)
    moved = update(Approval).where(still).values(status=status, **columns)
    done = session.connection().execute(moved).rowcount == 1
    row = session.get(Approval, approval_id)
    if row is not None:
        session.refresh(row)
    return done


def pending(session: Session) -> list[Approval]:
    """Those that wait for a decision, first the one that expires first."""
    waiting = select(Approval).where(_PENDING)  # in the very words of the index
    return list(session.exec(waiting.order_by(col(Approval.expires_at), Approval.id)))


def overdue(session: Session, now: datetime, limit: int) -> list[Approval]:
    """Those that nobody decided in time."""
    late = select(Approval).where(_PENDING, col(Approval.expires_at) <= now)
    return list(session.exec(late.order_by(col(Approval.expires_at), Approval.id).limit(limit)))


def to_remind(session: Session, asked_before: datetime, limit: int) -> list[Approval]:
    """Those that wait since before then and of which nobody was reminded."""
    quiet = (col(Approval.created_at) <= asked_before, col(Approval.reminded_at).is_(None))
    own = select(Approval).where(_PENDING, *quiet)
    return list(session.exec(own.order_by(col(Approval.expires_at), Approval.id).limit(limit)))
