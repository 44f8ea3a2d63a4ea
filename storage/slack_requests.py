"""Slack requests already acted on: a retry or a replay of the same request has no effect."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, delete

from storage.columns import STRICT, Text, Utc


class SlackRequest(SQLModel, table=True):
    __tablename__ = "slack_requests"
    __table_args__ = (STRICT,)

    key: str = Field(primary_key=True, sa_type=Text)
    received_at: datetime = Field(sa_type=Utc, index=True)


def claim(session: Session, key: str, now: datetime) -> bool:
    """True for the first to come with this key."""
    if session.get(SlackRequest, key) is not None:
        return False
    session.add(SlackRequest(key=key, received_at=now))
    session.flush()
    return True


def forget_before(session: Session, instant: datetime) -> None:
    """Signatures are refused after 300 s, so older keys have nothing left to guard."""
    session.exec(delete(SlackRequest).where(col(SlackRequest.received_at) < instant))
