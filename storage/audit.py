"""Who did, or tried to do, what: append-only, enforced by triggers in the first migration."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import Json, Text, Utc, one_of

AuditOutcome = Literal["ok", "denied", "refused"]


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit"
    __table_args__ = (
        one_of("outcome", AuditOutcome),
        Index("ix_audit_object", "object", "id"),
        {"sqlite_strict": True, "sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc)
    actor: str = Field(sa_type=Text)
    role: str = Field(default="", sa_type=Text)  # at that time; several joined by ", "
    action: str = Field(sa_type=Text)
    object: str = Field(default="", sa_type=Text)
    outcome: AuditOutcome = Field(sa_type=Text)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


def latest(session: Session, action: str, about: str) -> AuditEntry | None:
    """The last time that was done to that object, if ever."""
    own = select(AuditEntry).where(
        AuditEntry.object == about, AuditEntry.action == action, AuditEntry.outcome == "ok"
    )
    return session.exec(own.order_by(col(AuditEntry.id).desc()).limit(1)).first()


def append(session: Session, entry: AuditEntry) -> None:
    append_all(session, [entry])


def append_all(session: Session, entries: list[AuditEntry]) -> None:
    session.add_all(entries)
    session.flush()
