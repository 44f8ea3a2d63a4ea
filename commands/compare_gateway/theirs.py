"""From the gateway to the ledger: what moved on the balance, disputes and payouts, page by page."""

from collections.abc import Iterable, Iterator

from sqlmodel import Session

from commands.balance_ports import BALANCE_PAGE, GatewayMovement, GatewayPayout, Window
from commands.compare_gateway.found import (
    NOTHING,
    Found,
    Subject,
    difference,
    of_dispute,
    of_refund,
)
from commands.desk import Desk
from commands.ports import GatewayDispute
from storage import balance, disputes, payments, refunds
from storage.balance import BalanceMovement, Payout
from storage.comparisons import Comparison, ComparisonDifference
from storage.money import Money

_BROKEN = ("failed", "canceled")


def movements(desk: Desk, comparison: Comparison) -> Found:
    rows = desk.gateway.balance.movements(_window(comparison), comparison.cursor)
    kept, differences = _taken(desk, comparison, rows)
    return Found(_next(rows), len(rows), movements=kept, differences=differences)


def every_dispute(desk: Desk, comparison: Comparison) -> Found:
    """Inquiries too, which move no money."""
    rows = desk.gateway.balance.disputes(_window(comparison), comparison.cursor)
    with desk.database.reading() as session:
        found = [
            one
            for row in rows
            for one in of_dispute(comparison, disputes.find(session, row.id), row)
        ]
    return Found(_next(rows), len(rows), differences=tuple(found))


def payouts(desk: Desk, comparison: Comparison) -> Found:
    rows = desk.gateway.balance.payouts(_window(comparison), comparison.cursor)
    with desk.database.reading() as session:
        known = {row.id: balance.find_payout(session, row.id) for row in rows}
    broken = [row for row in rows if row.status in _BROKEN and not _told(known[row.id])]
    differences = tuple(_broken(comparison, row) for row in broken)
    kept = tuple(map(_payout, rows))
    return Found(_next(rows), len(rows), payouts=kept, differences=differences)


def contents(desk: Desk, comparison: Comparison) -> Found:
    """Which movements each payout is made of. The cursor: a payout's id, and the last movement
    that was read of it, if not all were.
    """
    payout_id, _, after = comparison.cursor.partition(" ")
    if after:
        return _content(desk, comparison, desk.gateway.balance.payout(payout_id), after)
    with desk.database.reading() as session:
        waiting = balance.next_unread(session, payout_id)
    if waiting is None:
        return Found(None)
    told = desk.gateway.balance.payout(waiting.id)
    if told.listed:
        return _content(desk, comparison, told, "")
    row = _payout(told)
    # Nobody but the company knows what a payout that it made by hand is made of.
    row.read_whole = not told.automatic or told.status in _BROKEN
    broken = (_broken(comparison, told),) if told.status in _BROKEN else ()
    return Found(told.id, payouts=(row,), differences=broken)


def _content(desk: Desk, comparison: Comparison, told: GatewayPayout, after: str) -> Found:
    rows = desk.gateway.balance.movements_of_payout(told.id, after)
    kept, differences = _taken(desk, comparison, rows, payout_id=told.id)
    if len(rows) == BALANCE_PAGE:
        return Found(f"{told.id} {rows[-1].id}", movements=kept, differences=differences)
    row = _payout(told)
    row.read_whole = True
    off = tuple(_off(desk, comparison, told, kept))
    return Found(told.id, movements=kept, payouts=(row,), differences=(*differences, *off))


def _off(
    desk: Desk, comparison: Comparison, told: GatewayPayout, last: Iterable[BalanceMovement]
) -> Iterator[ComparisonDifference]:
    """A payout that is not the sum of what it is said to be made of."""
    new = {row.id: row for row in last if row.kind != "payout"}
    with desk.database.reading() as session:
        known = balance.sum_of_payout(session, told.id, besides=list(new))
    known += sum(row.net for row in new.values())
    if known != told.amount.minor:
        sums = str(Money(known, told.amount.currency))
        yield difference(comparison, _subject(told), "amount", sums, str(told.amount))


def _taken(
    desk: Desk,
    comparison: Comparison,
    rows: Iterable[GatewayMovement],
    payout_id: str = "",
) -> tuple[tuple[BalanceMovement, ...], tuple[ComparisonDifference, ...]]:
    """The movements to keep, and where the ledger says something else."""
    with desk.database.reading() as session:
        found = [one for row in rows for one in against_ledger(session, comparison, row)]
    return tuple(row_of(row, payout_id) for row in rows), tuple(found)


def row_of(told: GatewayMovement, payout_id: str = "") -> BalanceMovement:
    return BalanceMovement(
        id=told.id,
        kind=told.kind,
        source_id=told.source_id,
        payment_id=told.payment_id,
        currency=told.net.currency,
        fee=told.fee.minor,
        net=told.net.minor,
        payout_id=payout_id,
        made_at=told.created,
    )


def against_ledger(
    session: Session, comparison: Comparison, told: GatewayMovement
) -> list[ComparisonDifference]:
    if told.dispute is not None:
        return of_dispute(comparison, disputes.find(session, told.dispute.id), told.dispute)
    if told.refund is not None:
        return of_refund(comparison, refunds.find(session, told.refund.id), told.refund)
    if told.kind == "payment" and told.amount is not None:
        return list(_of_payment(session, comparison, told, told.amount))
    return []


def _of_payment(
    session: Session, comparison: Comparison, told: GatewayMovement, amount: Money
) -> Iterator[ComparisonDifference]:
    named = told.payment_id or told.source_id  # a charge that no payment intent made
    subject = Subject("payment", named, told.payment_id, told.created)
    ours = payments.find(session, named)
    theirs = f"{amount} succeeded"
    if ours is None:
        yield difference(comparison, subject, "missing_here", NOTHING, theirs)
        return
    own = Money(ours.amount, ours.currency)
    if own != amount:
        yield difference(comparison, subject, "amount", f"{own} {ours.status}", theirs)
    elif ours.status != "succeeded":
        yield difference(comparison, subject, "status", f"{own} {ours.status}", theirs)


def _told(known: Payout | None) -> bool:
    """A payout that failed stays so: one notice is enough."""
    return known is not None and known.status in _BROKEN


def _broken(comparison: Comparison, told: GatewayPayout) -> ComparisonDifference:
    why = f": {told.failure}" if told.failure else ""
    theirs = f"{told.amount} {told.status}{why}"
    return difference(comparison, _subject(told), "status", NOTHING, theirs)


def _subject(told: GatewayPayout) -> Subject:
    return Subject("payout", told.id, "", told.created)


def _payout(told: GatewayPayout) -> Payout:
    return Payout(
        id=told.id,
        currency=told.amount.currency,
        amount=told.amount.minor,
        status=told.status,
        arrives_on=told.arrives_on,
        made_at=told.created,
    )


def _window(comparison: Comparison) -> Window:
    return Window(comparison.since, comparison.until)


def _next(rows: list[GatewayMovement] | list[GatewayPayout] | list[GatewayDispute]) -> str | None:
    return rows[-1].id if len(rows) == BALANCE_PAGE else None
