"""The inbox of webhooks: stored once under the gateway's event id, handled by a worker."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from storage.columns import STRICT, Json, Text, Utc, one_of

EventStatus = Literal["received", "handled", "ignored", "unmatched", "failed"]

_RECEIVED = text("status = 'received'")


class GatewayEvent(SQLModel, table=True):
    __tablename__ = "gateway_events"
    __table_args__ = (
        one_of("status", EventStatus),
        Index(
            "ix_gateway_events_received",
            "received_at",
            sqlite_where=_RECEIVED,
            postgresql_where=_RECEIVED,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    type: str = Field(sa_type=Text)
    object_id: str = Field(default="", sa_type=Text)
    payload: dict[str, Any] = Field(sa_type=Json)
    status: EventStatus = Field(default="received", sa_type=Text)
    attempts: int = 0
    lease_token: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=Utc)
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str | None = Field(default=None, sa_type=Text)
    received_at: datetime = Field(sa_type=Utc)
    handled_at: datetime | None = Field(default=None, sa_type=Utc)


def find(session: Session, event_id: str) -> GatewayEvent | None:
    return session.get(GatewayEvent, event_id)


def store(session: Session, event: GatewayEvent) -> bool:
    """Keep the event unless it is known; False when it was."""
    if find(session, event.id) is not None:
        return False
    session.add(event)
    session.flush()
    return True


def next_due(session: Session, real: datetime) -> GatewayEvent | None:
    """The oldest event that nobody is handling and that is not waiting for its retry."""
    event = GatewayEvent
    due = select(event).where(
        event.status == "received",
        or_(col(event.leased_until).is_(None), col(event.leased_until) < real),
        or_(col(event.retry_at).is_(None), col(event.retry_at) <= real),
    )
    oldest = due.order_by(col(event.received_at), event.id).limit(1)
    return session.exec(oldest.with_for_update(key_share=True, skip_locked=True)).first()


def count_received(session: Session) -> int:
    """How many still have to be handled."""
    waiting = select(func.count()).where(col(GatewayEvent.status) == "received")
    return session.exec(waiting).one()


def is_waiting(session: Session, *, before: datetime) -> bool:
    """Whether an event that came before that instant is still to be handled."""
    waiting = select(GatewayEvent.id).where(_RECEIVED, GatewayEvent.received_at < before)
    return session.exec(waiting.limit(1)).first() is not None


def held_by(session: Session, event_id: str, lease_token: str | None) -> GatewayEvent | None:
    """The event, locked, if that lease still holds it."""
    own = select(GatewayEvent).where(
        GatewayEvent.id == event_id,
        GatewayEvent.lease_token == lease_token,
        GatewayEvent.status == "received",
    )
    return session.exec(own.with_for_update(key_share=True)).first()
