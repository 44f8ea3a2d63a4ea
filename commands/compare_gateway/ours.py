"""From the ledger to the gateway: what its balance has not shown is asked for one by one."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from commands.compare_gateway.found import (
    NOTHING,
    Found,
    Subject,
    difference,
    of_dispute,
    of_refund,
)
from commands.desk import Desk
from commands.errors import NotFound
from commands.ports import GatewayDispute, GatewayPayment, GatewayRefund
from storage import unmatched
from storage.comparisons import Comparison, ComparisonDifference
from storage.money import Money
from storage.payments import Payment

AT_ONCE = 20  # each is a question to the gateway


class _Row(Protocol):
    id: str


Row = TypeVar("Row", bound=_Row)
Told = TypeVar("Told")


def payments(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        rows = unmatched.payments_without_movement(session, comparison.cursor, AT_ONCE)
    found: list[ComparisonDifference] = []
    for row in rows:
        found += _of_payment(comparison, row, asked(desk.gateway.payments.find, row.id))
    return found_among(rows, found)


def refunds(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        rows = unmatched.refunds_without_movement(session, comparison.cursor, AT_ONCE)
    told: dict[str, GatewayRefund | None] = {
        row.id: asked(desk.gateway.refunds.find, row.id) for row in rows
    }
    return found_among(rows, [d for row in rows for d in of_refund(comparison, row, told[row.id])])


def open_disputes(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        rows = unmatched.open_disputes(session, comparison.cursor, AT_ONCE)
    told: dict[str, GatewayDispute | None] = {
        row.id: asked(desk.gateway.disputes.find, row.id) for row in rows
    }
    return found_among(rows, [d for row in rows for d in of_dispute(comparison, row, told[row.id])])


def asked(find: Callable[[str], Told], object_id: str) -> Told | None:
    """None: the gateway does not know it."""
    try:
        return find(object_id)
    except NotFound:
        return None


def _of_payment(
    comparison: Comparison, row: Payment, told: GatewayPayment | None
) -> Iterator[ComparisonDifference]:
    own = Money(row.amount, row.currency)
    subject = Subject("payment", row.id, row.id, row.recorded_at)
    if told is None:
        yield difference(comparison, subject, "missing_there", f"{own} {row.status}", NOTHING)
    elif told.status != "succeeded":
        theirs = f"{told.amount} {told.status.replace('_', ' ')}"
        yield difference(comparison, subject, "status", f"{own} {row.status}", theirs)
    elif told.amount != own:
        yield difference(comparison, subject, "amount", str(own), str(told.amount))


def found_among(rows: Sequence[Row], differences: list[ComparisonDifference]) -> Found:
    following = rows[-1].id if len(rows) == AT_ONCE else None
    return Found(following, differences=tuple(differences))
