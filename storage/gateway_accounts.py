"""The payments account at the gateway as it was last read, so that forms need not ask it."""

from datetime import datetime
from typing import Literal

from sqlmodel import Field, Session, SQLModel, select

from storage.columns import STRICT, Flag, Json, Text, Utc, one_of, rule

StoredStatus = Literal["active", "restricted"]
_ONLY = 1


class GatewayAccountRow(SQLModel, table=True):
    """There is one: a database belongs to one account in one mode."""

    __tablename__ = "gateway_account"
    __table_args__ = (rule("only_one", "id = 1"), one_of("status", StoredStatus), STRICT)

    id: int = Field(default=_ONLY, primary_key=True)
    account_id: str = Field(default="", sa_type=Text)  # "": the key may not see it
    name: str = Field(default="", sa_type=Text)
    livemode: bool = Field(sa_type=Flag)
    status: StoredStatus = Field(sa_type=Text)
    methods: list[str] = Field(default_factory=list, sa_type=Json)
    requirements: list[str] = Field(default_factory=list, sa_type=Json)  # Stripe's words
    disabled_reason: str = Field(default="", sa_type=Text)  # Stripe's word
    problem: str = Field(default="", sa_type=Text)  # a sentence, when the key itself is at fault
    due_by: datetime | None = Field(default=None, sa_type=Utc)
    read_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(sa_type=Utc)  # when it came to this status


def known(session: Session) -> GatewayAccountRow | None:
    """None: the account was never read."""
    return session.get(GatewayAccountRow, _ONLY)


def lock(session: Session) -> GatewayAccountRow | None:
    held = select(GatewayAccountRow).where(GatewayAccountRow.id == _ONLY)
    return session.exec(held.with_for_update(key_share=True)).first()
