"""What moved on the gateway's balance: each movement with its fee, and the payout that it went
out with. Amounts are in the currency of the balance, which need not be the payer's.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from storage.columns import STRICT, Day, Flag, Minor, Text, Utc, one_of

MovementKind = Literal["payment", "refund", "refund_failure", "dispute", "payout", "other"]

_UNREAD = text("NOT read_whole")


class BalanceMovement(SQLModel, table=True):
    __tablename__ = "balance_movements"
    __table_args__ = (
        one_of("kind", MovementKind),
        Index("ix_balance_movements_payment", "payment_id", "kind"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)  # Stripe's balance transaction
    kind: MovementKind = Field(sa_type=Text)
    # What moved: a charge, refund, dispute or payout, under Stripe's id.
    source_id: str = Field(default="", index=True, sa_type=Text)
    payment_id: str = Field(default="", sa_type=Text)  # "": it belongs to no payment
    currency: str = Field(sa_type=Text)
    fee: int = Field(sa_type=Minor)
    net: int = Field(sa_type=Minor)  # what it changed on the balance, the fee taken off
    payout_id: str = Field(default="", index=True, sa_type=Text)  # "": it is not known yet
    made_at: datetime = Field(sa_type=Utc)


class Payout(SQLModel, table=True):
    """Money that the gateway sent to the company's bank."""

    __tablename__ = "payouts"
    __table_args__ = (
        Index("ix_payouts_unread", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    status: str = Field(sa_type=Text)  # Stripe's word
    arrives_on: date = Field(sa_type=Day)
    made_at: datetime = Field(sa_type=Utc)
    # Whether all of its movements are known, or never will be.
    read_whole: bool = Field(default=False, sa_type=Flag)


def keep(session: Session, rows: Iterable[BalanceMovement]) -> None:
    """Write movements; a payout that was learnt is not forgotten again."""
    for row in rows:
        known = session.get(BalanceMovement, row.id)
        if known is not None and not row.payout_id:
            row.payout_id = known.payout_id
        session.merge(row)
    session.flush()


def keep_payouts(session: Session, rows: Iterable[Payout]) -> None:
    """Write payouts as they stand; one that was read whole stays so."""
    for row in rows:
        known = session.get(Payout, row.id)
        row.read_whole = row.read_whole or (known is not None and known.read_whole)
        session.merge(row)
    session.flush()


def of_payments(session: Session, payment_ids: Sequence[str]) -> list[BalanceMovement]:
    """What moved for these payments, earliest first."""
    own = select(BalanceMovement).where(col(BalanceMovement.payment_id).in_(payment_ids))
    return list(session.exec(own.order_by(col(BalanceMovement.made_at), BalanceMovement.id)))


def find_payout(session: Session, payout_id: str) -> Payout | None:
    return session.get(Payout, payout_id)


def next_unread(session: Session, after_id: str) -> Payout | None:
    """The next payout of which not all movements are known, by id."""
    unread = select(Payout).where(_UNREAD, Payout.id > after_id)
    return session.exec(unread.order_by(Payout.id).limit(1)).first()


def sum_of_payout(session: Session, payout_id: str, *, besides: list[str]) -> int:
    """Minor units that the known movements of the payout come to: the payout itself is left out,
    and so are the movements `besides`.
    """
    own = select(func.sum(BalanceMovement.net)).where(
        BalanceMovement.payout_id == payout_id,
        BalanceMovement.kind != "payout",
        col(BalanceMovement.id).not_in(besides),
    )
    return int(session.exec(own).one() or 0)
