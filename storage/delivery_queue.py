"""Which delivery is next: workers ask it twice a second, so each question is built once.

What is finished only grows; nothing here reads it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, get_args

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.columns import Utc
from storage.deliveries import UNFINISHED, Delivery, DeliveryKind


def next_due(
    session: Session,
    business: datetime,
    real: datetime,
    kinds: Sequence[DeliveryKind] = get_args(DeliveryKind),
) -> Delivery | None:
    """The row to deliver next: due, its dependency settled, and the head of its lane.

    Mails of a batch come after everything else that is due.
    """
    moment = {"business": business, "real": real, "kinds": kinds}
    for query in (_due_alone(), _due()):
        held = query.with_for_update(key_share=True, skip_locked=True)
        row = session.exec(held, params=moment).first()
        if row is not None:
            return row
    return None


def anything_due(
    session: Session, business: datetime, real: datetime, kinds: Sequence[DeliveryKind]
) -> bool:
    """Whether claiming is worth the write lock: a row is due, or a lease has lapsed."""
    moment = {"business": business, "real": real, "kinds": kinds}
    if session.exec(_due(), params=moment).first() is not None:
        return True
    return session.exec(_lapsed().limit(1), params={"real": real}).first() is not None


@cache
def _due() -> SelectOfScalar[Delivery]:
    business, real = bindparam("business", type_=Utc()), bindparam("real", type_=Utc())
    in_lane, needed = aliased(Delivery), aliased(Delivery)
    # As values, not as NOT EXISTS: PostgreSQL would join the whole queue with itself.
    head = select(func.min(in_lane.id)).where(
        col(in_lane.lane) == Delivery.lane, _is_unfinished(in_lane)
    )
    waited_for = select(needed.id).where(
        col(needed.id) == Delivery.depends_on, col(needed.status).in_(UNFINISHED)
    )
    return (
        select(Delivery)
        .where(
            _is_unfinished(Delivery),
            Delivery.status == "queued",
            col(Delivery.kind).in_(bindparam("kinds", expanding=True)),
            col(Delivery.not_before) <= business,
            or_(col(Delivery.retry_at).is_(None), col(Delivery.retry_at) <= real),
            or_(col(Delivery.lane).is_(None), col(Delivery.id) == head.scalar_subquery()),
            waited_for.scalar_subquery().is_(None),
        )
        .order_by(col(Delivery.not_before), col(Delivery.id))
        .limit(1)
    )


@cache
def _due_alone() -> SelectOfScalar[Delivery]:
    return _due().where(col(Delivery.batch_id).is_(None))


def lapsed(session: Session, real: datetime) -> list[Delivery]:
    """Rows whose worker has gone: leased, and the lease is over."""
    over = _lapsed().with_for_update(key_share=True, skip_locked=True)
    return list(session.exec(over, params={"real": real}))


@cache
def _lapsed() -> SelectOfScalar[Delivery]:
    real = bindparam("real", type_=Utc())
    over = (Delivery.status == "sending", col(Delivery.leased_until) < real)
    return select(Delivery).where(_is_unfinished(Delivery), *over)


def _is_unfinished(row: type[Delivery]) -> ColumnElement[bool]:
    """In the very words of the partial indexes: SQLite does not see through bound values."""
    words: BindParameter[Any] = bindparam(
        "unfinished", UNFINISHED, expanding=True, literal_execute=True
    )
    return col(row.status).in_(words)


def held_by(session: Session, delivery_id: int, lease_token: str) -> Delivery | None:
    """The row, locked, if that lease still holds it: the fence before every effect."""
    own = select(Delivery).where(
        Delivery.id == delivery_id,
        Delivery.lease_token == lease_token,
        Delivery.status == "sending",
    )
    return session.exec(own.with_for_update(key_share=True)).first()


def count_unfinished(session: Session) -> dict[str, int]:
    """How many rows wait or are under way; finished ones only grow and are not counted."""
    rows = (
        select(Delivery.status, func.count())
        .where(col(Delivery.status).in_(UNFINISHED))
        .group_by(Delivery.status)
    )
    return dict.fromkeys(UNFINISHED, 0) | dict(session.exec(rows).all())
