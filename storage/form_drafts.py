"""What was typed into a form that has a second step: too much for a modal to carry along."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete

from storage.columns import STRICT, Json, Text, Utc


class FormDraft(SQLModel, table=True):
    __tablename__ = "form_drafts"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Text)
    owner: str = Field(sa_type=Text)  # a Slack id: nobody else may go on with it
    form: str = Field(sa_type=Text)
    content: dict[str, Any] = Field(sa_type=Json)
    saved_at: datetime = Field(sa_type=Utc, index=True)


def find(session: Session, draft_id: str, owner: str) -> FormDraft | None:
    draft = session.get(FormDraft, draft_id)
    return draft if draft is not None and draft.owner == owner else None


def save(session: Session, draft: FormDraft) -> None:
    """Keep it, in place of what its owner saved under that id before."""
    session.merge(draft)
    session.flush()


def forget_before(session: Session, instant: datetime) -> None:
    session.exec(delete(FormDraft).where(col(FormDraft.saved_at) < instant))
