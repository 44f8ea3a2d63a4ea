"""Money of a payment that went back: refunded, taken by a dispute, and given back again.

The writers of `Payment.refunded` and `Payment.disputed` beside `reversals.reverse`; callers hold
the customer and the payment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from storage import disputes, payments, refunds, reversals
from storage.invoices import Invoice
from storage.payments import Payment


@dataclass
class _Taker:
    """A refund, a dispute, or what imported rows reversed beyond the refunds."""

    kind: Literal["refund", "dispute", "reversal"]
    id: str
    at: datetime | None
    amount: int
    chosen: Mapping[str, int]  # minor units by invoice number, as a person chose
    lines: dict[str, int] = field(default_factory=dict)  # what it takes off invoices


def refundable(session: Session, payment: Payment) -> int:
    """Minor units that can still be given back; what is ordered already is not among them."""
    if payment.status != "succeeded":
        return 0
    left = payment.amount - payment.refunded - payment.disputed
    return max(left - refunds.ordered(session, payment.id), 0)


def settle(session: Session, payment: Payment) -> dict[str, int]:
    """Bring the payment to what its refunds, disputes and imported reversals say, all together:
    the same whatever the order in which they became known.

    What the gateway has refunded and what imported rows reverse may be the same money: the larger
    of the two counts. Each takes, in the order in which they were made, first what a person chose,
    then what is unapplied, then from the invoice that was due last. Returns how the invoices
    moved: minor units by number, above zero taken off, below zero put back on.
    """
    takers = _takers(session, payment)
    before = _laid(session, payment)
    home = _home(session, payment, before)
    left = _take(takers, payment.amount - sum(home.values()), home)
    for number in before:
        _release(session, payment, number, before[number] - left.get(number, 0))
    _write_sums(session, payment, takers)
    _write_lines(session, payment, takers)
    for number in reversed(home):  # oldest due first
        _lay(session, payment, number, left[number] - before.get(number, 0))
    after = _laid(session, payment)
    moved = {n: before.get(n, 0) - after.get(n, 0) for n in home}
    return {number: amount for number, amount in moved.items() if amount}


def newest_first(session: Session, payment: Payment) -> list[str]:
    """The invoices that the payment lies on, the one that was due last before the others."""
    return _by_due(session, _laid(session, payment))


def _laid(session: Session, payment: Payment) -> dict[str, int]:
    return {row.invoice_number: row.amount for row in payments.allocations(session, payment.id)}


def _by_due(session: Session, numbers: Mapping[str, int]) -> list[str]:
    rows = [session.get_one(Invoice, number) for number in numbers]
    rows.sort(key=lambda row: (row.due_date, row.number), reverse=True)
    return [row.number for row in rows]


def _home(session: Session, payment: Payment, laid: Mapping[str, int]) -> dict[str, int]:
    """Where the money would lie if none had gone back; the invoice that was due last first."""
    sums = dict(laid)
    parts = [refunds.lines(session, row.id) for row in refunds.of_payment(session, payment.id)]
    parts += [disputes.lines(session, row.id) for row in disputes.of_payment(session, payment.id)]
    for lines in parts:
        for number, amount in lines.items():
            sums[number] = sums.get(number, 0) + amount
    return {number: sums[number] for number in _by_due(session, sums)}


def _takers(session: Session, payment: Payment) -> list[_Taker]:
    takers = [
        _Taker("refund", row.id, row.made_at, row.amount, row.chosen)
        for row in refunds.of_payment(session, payment.id)
        if row.status in refunds.COUNTED
    ]
    refunded = sum(taker.amount for taker in takers)
    takers += [
        _Taker("dispute", row.id, row.opened_at, row.withdrawn, {})
        for row in disputes.of_payment(session, payment.id)
    ]
    takers.sort(key=lambda taker: (taker.at, taker.id))
    rest = max(reversals.reversed_of(session, payment.id) - refunded, 0)
    return [*takers, _Taker("reversal", "", None, rest, {})]


def _take(takers: list[_Taker], unapplied: int, home: Mapping[str, int]) -> dict[str, int]:
    """Fill the takers' lines; what is left on each invoice."""
    left = dict(home)
    for taker in takers:
        need = taker.amount
        for number, wish in taker.chosen.items():
            need -= _off(taker, left, number, min(wish, need))
        from_credit = min(need, max(unapplied, 0))
        unapplied, need = unapplied - from_credit, need - from_credit
        for number in home:
            need -= _off(taker, left, number, need)
    return left


def _off(taker: _Taker, left: dict[str, int], number: str, most: int) -> int:
    share = min(most, left.get(number, 0))
    if share > 0:
        left[number] -= share
        taker.lines[number] = taker.lines.get(number, 0) + share
    return max(share, 0)


def _write_sums(session: Session, payment: Payment, takers: list[_Taker]) -> None:
    given = sum(taker.amount for taker in takers if taker.kind != "dispute")
    withdrawn = sum(taker.amount for taker in takers if taker.kind == "dispute")
    payment.refunded = min(given, payment.amount)
    payment.disputed = min(withdrawn, payment.amount - payment.refunded)
    session.add(payment)
    session.flush()


def _write_lines(session: Session, payment: Payment, takers: list[_Taker]) -> None:
    lines = {taker.id: taker.lines for taker in takers}
    for refund in refunds.of_payment(session, payment.id):
        refunds.replace_lines(session, refund.id, lines.get(refund.id, {}))
    for dispute in disputes.of_payment(session, payment.id):
        disputes.replace_lines(session, dispute.id, lines.get(dispute.id, {}))


def _release(session: Session, payment: Payment, number: str, amount: int) -> None:
    if amount > 0:
        payments.release(session, payment, session.get_one(Invoice, number), amount)


def _lay(session: Session, payment: Payment, number: str, most: int) -> None:
    """As far as the invoice is open: somebody may have paid it meanwhile."""
    invoice = session.get_one(Invoice, number)
    amount = min(most, payment.unapplied, max(invoice.balance.minor, 0))
    if amount > 0:
        payments.allocate(session, payment, invoice, amount)
