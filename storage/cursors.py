"""How far something that grows elsewhere has been read, by name."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from storage.columns import STRICT, Text, Utc


class Cursor(SQLModel, table=True):
    __tablename__ = "cursors"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=Utc)  # by the clock of what is read


def position(session: Session, name: str) -> datetime | None:
    """None: it was never read."""
    cursor = session.get(Cursor, name)
    return cursor.at if cursor else None


def advance(session: Session, name: str, at: datetime) -> None:
    """Move the cursor to `at`, never backwards: of two readers the one ahead is right."""
    cursor = session.get(Cursor, name, with_for_update=True) or Cursor(name=name, at=at)
    cursor.at = max(cursor.at, at)
    session.add(cursor)
