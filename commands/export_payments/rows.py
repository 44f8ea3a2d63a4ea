"""The rows of one payment: where its money was put, then what went back, as an ERP posts it.

The positive rows of a payment come to its amount; all its rows for an invoice come to what of it
lies there now, and those without an invoice to what is unapplied.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from storage.balance import BalanceMovement
from storage.disputes import Dispute
from storage.money import Money
from storage.payment_export import PaymentStory
from storage.payments import Payment
from storage.refunds import COUNTED, Refund
from storage.reversals import PaymentReversal


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """`invoice` "": on none; `fee` None: not known, or told by another row."""

    on: date
    payment_id: str
    customer_id: str
    invoice: str
    amount: Money
    method: str
    reference: str
    fee: Money | None
    payout_id: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a payment's money that moved at once: `sign` 1 came in, -1 went back."""

    on: date
    amount: int
    sign: int
    reference: str
    shares: Mapping[str, int]
    movement: BalanceMovement | None = None


def rows_of(story: PaymentStory, timezone: ZoneInfo) -> Iterator[PaymentRow]:
    """What came in first, then what went back, earliest first."""
    back = sorted(_back(story, timezone), key=lambda part: (part.on, part.reference, part.sign))
    for part in (_arrival(story), *back):
        yield from _rows(story.payment, part)


def _arrival(story: PaymentStory) -> _Part:
    payment = story.payment
    home = dict(story.allocations)
    for lines in (*story.lines.values(), *(row.lines for row in story.reversals)):
        for number, amount in lines.items():
            home[number] = home.get(number, 0) + amount
    own = next((m for m in story.movements if m.kind == "payment"), None)
    reference = payment.reference or payment.cheque_number
    return _Part(payment.received_on, payment.amount, 1, reference, home, own)


def _back(story: PaymentStory, timezone: ZoneInfo) -> Iterator[_Part]:
    """Never more than the ledger says: what the gateway refunded and what an import reversed may
    be the same money, and the larger of the two counts.
    """
    left = story.payment.refunded
    for refund in story.refunds:
        if refund.status in COUNTED:
            yield _refund(story, refund, min(refund.amount, left), timezone)
            left -= min(refund.amount, left)
        else:
            yield from _refund_that_failed(story, refund, timezone)
    for reversal in story.reversals:
        if left:
            yield _reversal(reversal, min(reversal.amount, left))
            left -= min(reversal.amount, left)
    left = story.payment.disputed
    for dispute in story.disputes:
        if dispute.withdrawn:
            yield _dispute(story, dispute, min(dispute.withdrawn, left), timezone)
            left -= min(dispute.withdrawn, left)
        else:
            yield from _dispute_that_was_won(story, dispute, timezone)


def _refund(story: PaymentStory, refund: Refund, amount: int, timezone: ZoneInfo) -> _Part:
    moved = _moved(story, refund.id)
    on = _day(refund.made_at, timezone)
    shares = story.lines.get(refund.id, {})
    return _Part(on, amount, -1, refund.id, shares, moved[0] if moved else None)


def _refund_that_failed(story: PaymentStory, refund: Refund, timezone: ZoneInfo) -> Iterator[_Part]:
    """It left the balance and came back: both are on the payouts."""
    return _there_and_back(story, refund.id, refund.amount, timezone)


def _reversal(reversal: PaymentReversal, amount: int) -> _Part:
    reference = f"{reversal.id}/{reversal.part}"
    return _Part(reversal.reversed_on, amount, -1, reference, reversal.lines)


def _dispute(story: PaymentStory, dispute: Dispute, amount: int, timezone: ZoneInfo) -> _Part:
    moved = _moved(story, dispute.id)
    on = _day(moved[0].made_at if moved else dispute.opened_at, timezone)
    shares = story.lines.get(dispute.id, {})
    return _Part(on, amount, -1, dispute.id, shares, moved[0] if moved else None)


def _dispute_that_was_won(
    story: PaymentStory, dispute: Dispute, timezone: ZoneInfo
) -> Iterator[_Part]:
    """Withdrawn and given back; the fee of it may have been kept."""
    return _there_and_back(story, dispute.id, dispute.amount, timezone)


def _there_and_back(
    story: PaymentStory, source_id: str, amount: int, timezone: ZoneInfo
) -> Iterator[_Part]:
    """Nothing while only half of it is known."""
    moved = [(movement, 1 if movement.net > 0 else -1) for movement in _moved(story, source_id)]
    if sum(sign for _, sign in moved) == 0:
        for movement, sign in moved:
            on = _day(movement.made_at, timezone)
            yield _Part(on, amount, sign, source_id, {}, movement)


def _moved(story: PaymentStory, source_id: str) -> list[BalanceMovement]:
    return [movement for movement in story.movements if movement.source_id == source_id]


def _rows(payment: Payment, part: _Part) -> Iterator[PaymentRow]:
    """One for each invoice, by number, then what lies on none. The fee stands on the first."""
    moved = part.movement
    fee = Money(moved.fee, moved.currency) if moved and (moved.fee or part.sign > 0) else None
    for invoice, share in _shares(part):
        yield PaymentRow(
            on=part.on,
            payment_id=payment.id,
            customer_id=payment.customer_id or "",
            invoice=invoice,
            amount=Money(part.sign * share, payment.currency),
            method=payment.method,
            reference=part.reference,
            fee=fee,
            payout_id=moved.payout_id if moved else "",
        )
        fee = None


def _shares(part: _Part) -> Iterator[tuple[str, int]]:
    left = part.amount
    for invoice in sorted(part.shares):
        share = min(part.shares[invoice], left)
        if share:
            yield invoice, share
        left -= share
    if left:
        yield "", left


def _day(instant: datetime, timezone: ZoneInfo) -> date:
    return instant.astimezone(timezone).date()
