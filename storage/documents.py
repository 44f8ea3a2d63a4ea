"""The exact bytes of what was sent, sealed with a key derived from SECRET_KEY."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.columns import STRICT, Flag, Text, Utc


class SentDocument(SQLModel, table=True):
    __tablename__ = "sent_documents"
    __table_args__ = (STRICT,)

    delivery_id: int = Field(primary_key=True, foreign_key="deliveries.id")
    sealed: bytes = Field(sa_type=LargeBinary)  # the whole MIME message
    key_id: str = Field(sa_type=Text)
    # Written for MAIL_MODE=redirect: never to be sent to the customer.
    trial: bool = Field(default=False, sa_type=Flag)
    frozen_at: datetime = Field(sa_type=Utc, index=True)


def find(session: Session, delivery_id: int) -> SentDocument | None:
    return session.get(SentDocument, delivery_id)


def is_kept(session: Session, delivery_id: int) -> bool:
    """Whether `find` would find it; without reading the bytes."""
    own = select(SentDocument.delivery_id).where(SentDocument.delivery_id == delivery_id)
    return session.exec(own).first() is not None


def freeze(session: Session, document: SentDocument) -> None:
    """Keep the bytes, in place of an earlier rendering that never left."""
    session.merge(document)
    session.flush()


def forget_before(session: Session, instant: datetime) -> None:
    session.exec(delete(SentDocument).where(col(SentDocument.frozen_at) < instant))
