"""How each customer stands in each currency: what is open by age, and the credit beside it."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)
from sqlmodel import Session, col

from storage import disputes
from storage.ages import Bucket, due_in
from storage.columns import Day, Minor
from storage.disputes import OPEN as DISPUTE_OPEN
from storage.disputes import Dispute, DisputeLine
from storage.invoices import OPEN, Invoice
from storage.kept_balances import NEVER, KeptBalance, count_ended, ended_on, holds_on
from storage.payments import UNAPPLIED, Payment

AGES: dict[Bucket, str] = {
    "current": "not_due",
    "1-30": "late_1_30",
    "31-60": "late_31_60",
    "61-90": "late_61_90",
    "over_90": "late_over_90",
}
# What is summed of a customer and currency: minor units, all but the first.
SUMS = ("invoices", *AGES.values(), "memos", "unapplied")
Document = type[Invoice] | type[Payment]
Scope = Callable[[Select[Any], Document], Select[Any]]

# More than that are sooner computed all than told from the others.
MOST_ENDED = 10_000


def everything(asked: Select[Any], _: Document) -> Select[Any]:
    return asked


_BALANCE = col(Invoice.total) - col(Invoice.allocated)


def standing(session: Session, today: date) -> Select[Any]:
    """customer_id, currency, oldest_due, the `SUMS` and what is disputed, of everybody.

    As it is kept; computed where that has ended, and where something is disputed.
    """
    ended = count_ended(session, today, MOST_ENDED)
    if ended == MOST_ENDED:
        return _all_computed(today)
    if not ended and not disputes.any_open(session):
        return _kept(today)
    return _partly_computed(today)


# To build such a question takes longer than most answers; in a day it is always the same.
_once_a_day = lru_cache(maxsize=4)


@_once_a_day
def _partly_computed(today: date) -> Select[Any]:
    row = KeptBalance
    others = union(select(col(row.customer_id)).where(ended_on(today)), _in_dispute())
    whose = select(others.subquery().c.customer_id)

    def own(asked: Select[Any], document: Document) -> Select[Any]:
        return asked.where(col(document.customer_id).in_(whose))

    rest = _kept(today).where(col(row.customer_id).not_in(whose))
    both = union_all(rest, computed(today, own)).subquery()
    return select(*both.c)


@_once_a_day
def _all_computed(today: date) -> Select[Any]:
    return computed(today)


def computed(today: date, scope: Scope = everything) -> Select[Any]:
    """The same from the documents themselves, as far as `scope` lets them count."""
    rows, held = undisputed(today, scope).subquery(), _disputed(today)
    same = (rows.c.customer_id == held.c.customer_id) & (rows.c.currency == held.c.currency)
    parts = {name: func.coalesce(held.c[name], 0) for name in AGES.values()}
    left = [
        (rows.c[name] - parts[name] if name in parts else rows.c[name]).label(name) for name in SUMS
    ]
    disputed = _whole(sum(parts.values(), start=literal(0))).label("disputed")
    whose = (rows.c.customer_id, rows.c.currency, rows.c.oldest_due)
    return select(*whose, *left, disputed).select_from(rows.outerjoin(held, same))


@_once_a_day
def _kept(today: date) -> Select[Any]:
    row = KeptBalance
    columns: list[Any] = [row.customer_id, row.currency, row.oldest_due]
    columns += [getattr(row, name) for name in SUMS]
    columns.append(literal(0).label("disputed"))
    kept: Select[Any] = select(*columns)
    return kept.where(holds_on(today))


def _in_dispute() -> Select[Any]:
    """The customers of whose invoices open disputes have taken something."""
    taken = (
        select(col(DisputeLine.invoice_number))
        .join(Dispute, col(Dispute.id) == DisputeLine.dispute_id)
        .where(DISPUTE_OPEN)
    )
    return select(col(Invoice.customer_id)).where(col(Invoice.number).in_(taken))


def undisputed(today: date, scope: Scope) -> Select[Any]:
    """customer_id, currency, oldest_due and the `SUMS`, whatever is disputed."""
    both = union_all(_owed(today, scope), _money(scope)).subquery()
    whose = (both.c.customer_id, both.c.currency)
    oldest = func.coalesce(func.min(both.c.oldest_due), cast(NEVER, Day()), type_=Day())
    sums = (_whole(func.sum(both.c[name])).label(name) for name in SUMS)
    return select(*whose, oldest.label("oldest_due"), *sums).group_by(*whose)


def _owed(today: date, scope: Scope) -> Select[Any]:
    is_invoice = col(Invoice.total) > 0
    whose = (col(Invoice.customer_id), col(Invoice.currency))
    oldest = func.min(case((is_invoice, col(Invoice.due_date)), else_=null()), type_=Day())
    columns: list[Any] = [
        *whose,
        oldest.label("oldest_due"),
        func.sum(case((is_invoice, 1), else_=0)).label("invoices"),
        *_by_age(_BALANCE, today, is_invoice),
        func.sum(case((col(Invoice.total) < 0, -_BALANCE), else_=0)).label("memos"),
        literal(0).label("unapplied"),
    ]
    return scope(select(*columns).where(OPEN), Invoice).group_by(*whose)


def _by_age(amount: Any, today: date, *conditions: Any) -> list[Any]:
    due = col(Invoice.due_date)
    return [
        func.sum(case((and_(due_in(due, name, today), *conditions), amount), else_=0)).label(column)
        for name, column in AGES.items()
    ]


def _money(scope: Scope) -> Select[Any]:
    """Payments with money that lies on no invoice."""
    row = Payment
    whose: list[Any] = [col(row.customer_id), col(row.currency)]
    rest = col(row.amount) - row.allocated - row.refunded - row.disputed
    nothing = (literal(0).label(name) for name in SUMS[:-1])
    oldest = cast(null(), Day()).label("oldest_due")
    own = select(*whose, oldest, *nothing, func.sum(rest).label("unapplied"))
    known = own.where(UNAPPLIED, col(row.customer_id).is_not(None))
    return scope(known, row).group_by(*whose)


def _disputed(today: date) -> Subquery:
    """What open disputes have taken off invoices, as far as it is still open, by age."""
    taken: list[Any] = [DisputeLine.invoice_number, func.sum(DisputeLine.amount).label("taken")]
    lines = (
        select(*taken)
        .join(Dispute, col(Dispute.id) == DisputeLine.dispute_id)
        .where(DISPUTE_OPEN)
        .group_by(col(DisputeLine.invoice_number))
        .subquery()
    )
    still = case((lines.c.taken < _BALANCE, lines.c.taken), else_=_BALANCE)
    whose = (col(Invoice.customer_id), col(Invoice.currency))
    own = (
        select(*whose, *_by_age(still, today))
        .join(lines, lines.c.invoice_number == Invoice.number)
        .where(OPEN, col(Invoice.total) > 0)
        .group_by(*whose)
    )
    return own.subquery()


def _whole(sum_: Any) -> Any:
    """PostgreSQL sums into an endless decimal."""
    return cast(sum_, Minor())
