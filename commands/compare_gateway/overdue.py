"""Money that is under way too long: bank debits, refunds, orders of refunds, payouts."""

from datetime import date, timedelta

from commands.compare_gateway.found import NOTHING, Found, Subject, difference
from commands.compare_gateway.ours import AT_ONCE, found_among
from commands.desk import Desk
from storage import unmatched
from storage.comparisons import Comparison, ComparisonDifference
from storage.money import Money

_DEBIT, _PAYOUT = timedelta(days=2), timedelta(days=5)  # beyond the day it was expected
_REFUND, _ORDER = timedelta(days=10), timedelta(days=1)


def payments(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        before = _today(desk) - _DEBIT
        rows = unmatched.overdue_payments(session, before, comparison.cursor, AT_ONCE)
    found = [
        _late(
            comparison,
            Subject("payment", row.id, row.id, row.recorded_at),
            f"{Money(row.amount, row.currency)} processing, expected by {row.expected_by}",
        )
        for row in rows
    ]
    return found_among(rows, found)


def refunds(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        before = desk.clock.now() - _REFUND
        rows = unmatched.overdue_refunds(session, before, comparison.cursor, AT_ONCE)
    found = [
        _late(
            comparison,
            Subject("refund", row.id, row.payment_id, row.made_at),
            f"{Money(row.amount, row.currency)} pending since {row.made_at.date()}",
        )
        for row in rows
    ]
    return found_among(rows, found)


def orders(desk: Desk, comparison: Comparison) -> Found:
    """Refunds that staff ordered and of which nobody knows that Stripe made them."""
    with desk.database.reading() as session:
        before = desk.clock.now() - _ORDER
        rows = unmatched.overdue_orders(session, before, comparison.cursor, AT_ONCE)
    found = [
        _late(
            comparison,
            Subject("refund", row.id, row.payment_id, row.created_at),
            f"{Money(row.amount, row.currency)} ordered on {row.created_at.date()}, not made",
        )
        for row in rows
    ]
    return found_among(rows, found)


def payouts(desk: Desk, comparison: Comparison) -> Found:
    with desk.database.reading() as session:
        before = _today(desk) - _PAYOUT
        rows = unmatched.overdue_payouts(session, before, comparison.cursor, AT_ONCE)
    found = [
        _late(
            comparison,
            Subject("payout", row.id, "", row.made_at),
            f"{Money(row.amount, row.currency)} {row.status}, expected by {row.arrives_on}",
        )
        for row in rows
    ]
    return found_among(rows, found)


def _late(comparison: Comparison, subject: Subject, said: str) -> ComparisonDifference:
    return difference(comparison, subject, "overdue", said, NOTHING)


def _today(desk: Desk) -> date:
    return desk.policy.today(desk.clock.now())
