"""What Stripe's balance tells in tests: movements, payouts, and nights that are compared."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from commands.access import SETTLER
from commands.balance_ports import GatewayMovement, GatewayPayout
from commands.compare_gateway.service import compare_if_due
from commands.ports import GatewayDispute, GatewayRefund
from storage import comparisons
from storage.comparisons import Comparison, ComparisonDifference
from storage.money import Money
from tests.builders import NOW
from tests.conftest import Room
from tests.paying import Till

SOON = NOW - timedelta(minutes=1)


def a_movement(payment_id: str = "pi_1", minor: int = 12500, **own: Any) -> GatewayMovement:
    """A payment as Stripe's balance shows it, USD 3.93 kept as fee."""
    amount = Money(minor, "USD")
    made = GatewayMovement(
        id=f"txn_{payment_id}",
        kind="payment",
        source_id=f"ch_{payment_id}",
        payment_id=payment_id,
        fee=Money(393, "USD"),
        net=Money(minor - 393, "USD"),
        created=SOON,
        amount=amount,
    )
    return replace(made, **own)


def of_refund(told: GatewayRefund, *, failed: bool = False, **own: Any) -> GatewayMovement:
    sign = 1 if failed else -1
    return a_movement(
        told.payment_id,
        id=f"txn_{told.id}{'_back' if failed else ''}",
        kind="refund_failure" if failed else "refund",
        source_id=told.id,
        fee=Money(0, "USD"),
        net=Money(sign * told.amount.minor, "USD"),
        amount=None,
        refund=told,
        **own,
    )


def of_dispute(told: GatewayDispute, *, back: bool = False, **own: Any) -> GatewayMovement:
    fee = 0 if back else 1500
    sign = 1 if back else -1
    return a_movement(
        told.payment_id,
        id=f"txn_{told.id}{'_back' if back else ''}",
        kind="dispute",
        source_id=told.id,
        fee=Money(fee, "USD"),
        net=Money(sign * told.amount.minor - fee, "USD"),
        amount=None,
        dispute=told,
        **own,
    )


def a_payout(payout_id: str = "po_1", minor: int = 12107, **own: Any) -> GatewayPayout:
    made = GatewayPayout(
        id=payout_id,
        amount=Money(minor, "USD"),
        status="paid",
        arrives_on=NOW.date(),
        created=SOON,
        automatic=True,
        listed=True,
    )
    return replace(made, **own)


def compare(till: Till) -> int:
    """What the clock does."""
    return compare_if_due(SETTLER, till.desk)


def next_night(room: Room) -> None:
    room.clock.advance(days=1)


def last(till: Till) -> Comparison | None:
    with till.desk.database.reading() as session:
        return comparisons.last(session)


def outcome(till: Till) -> str:
    row = last(till)
    return row.status if row else ""


def differences(till: Till) -> list[ComparisonDifference]:
    row = last(till)
    assert row is not None
    with till.desk.database.reading() as session:
        return comparisons.differences(session, row.day)


def said(till: Till) -> list[tuple[str, str, str, str]]:
    """Object, kind, and what either side says."""
    return [(row.object_id, row.kind, row.ours, row.theirs) for row in differences(till)]
