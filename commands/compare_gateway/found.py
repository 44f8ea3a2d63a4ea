"""What one step of the comparison found, and how a difference is written down."""

from dataclasses import dataclass
from datetime import datetime

from commands.ports import GatewayDispute, GatewayRefund
from storage.balance import BalanceMovement, Payout
from storage.comparisons import Comparison, ComparisonDifference, DifferenceKind
from storage.disputes import Dispute
from storage.money import Money
from storage.refunds import Refund

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Found:
    """`next`: the cursor of the step to come; None: this stage is done.

    `settled`: ids of what differed in an earlier step and does not any more.
    """

    next: str | None
    compared: int = 0
    movements: tuple[BalanceMovement, ...] = ()
    payouts: tuple[Payout, ...] = ()
    differences: tuple[ComparisonDifference, ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: a payment, refund, dispute or payout, and when it was made."""

    what: str
    id: str
    payment_id: str
    at: datetime


def difference(
    comparison: Comparison, subject: Subject, kind: DifferenceKind, ours: str, theirs: str
) -> ComparisonDifference:
    return ComparisonDifference(
        day=comparison.day,
        object_id=subject.id,
        kind=kind,
        what=subject.what,
        payment_id=subject.payment_id,
        ours=ours,
        theirs=theirs,
        at=subject.at,
    )


def of_refund(
    comparison: Comparison, ours: Refund | None, theirs: GatewayRefund | None
) -> list[ComparisonDifference]:
    """One of the two is there."""
    known = ours or theirs
    assert known is not None
    at = theirs.created if theirs else ours.made_at if ours else comparison.until
    subject = Subject("refund", known.id, known.payment_id, at)
    said = _refund(ours) if ours else NOTHING
    told = f"{theirs.amount} {theirs.status}" if theirs else NOTHING
    if ours is None or theirs is None:
        kind: DifferenceKind = "missing_here" if ours is None else "missing_there"
        return [difference(comparison, subject, kind, said, told)]
    if Money(ours.amount, ours.currency) != theirs.amount:
        return [difference(comparison, subject, "amount", said, told)]
    same = ours.status == theirs.status
    return [] if same else [difference(comparison, subject, "status", said, told)]


def of_dispute(
    comparison: Comparison, ours: Dispute | None, theirs: GatewayDispute | None
) -> list[ComparisonDifference]:
    """One of the two is there. The states of an open dispute are not told apart."""
    known = ours or theirs
    assert known is not None
    at = theirs.created if theirs else ours.opened_at if ours else comparison.until
    subject = Subject("dispute", known.id, known.payment_id, at)
    said = _dispute(ours) if ours else NOTHING
    told = f"{theirs.amount} {theirs.status}, {theirs.withdrawn} withdrawn" if theirs else NOTHING
    if ours is None or theirs is None:
        kind: DifferenceKind = "missing_here" if ours is None else "missing_there"
        return [difference(comparison, subject, kind, said, told)]
    if Money(ours.withdrawn, ours.currency) != theirs.withdrawn:
        return [difference(comparison, subject, "amount", said, told)]
    same = ours.status == theirs.status or (ours.is_open and theirs.is_open)
    return [] if same else [difference(comparison, subject, "status", said, told)]


def _refund(row: Refund) -> str:
    return f"{Money(row.amount, row.currency)} {row.status}"


def _dispute(row: Dispute) -> str:
    withdrawn = Money(row.withdrawn, row.currency)
    return f"{Money(row.amount, row.currency)} {row.status}, {withdrawn} withdrawn"
