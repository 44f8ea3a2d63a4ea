"""Payments with everything that became of them, some hundreds in memory at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from storage import balance
from storage.balance import BalanceMovement
from storage.disputes import Dispute, DisputeLine
from storage.payments import Payment, PaymentAllocation
from storage.refunds import Refund, RefundLine
from storage.reversals import PaymentReversal

_AT_A_TIME = 500

Parts = dict[str, int]  # minor units by invoice number


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """`allocations`: what lies on invoices now; `lines`: what each refund and dispute took off."""

    payment: Payment
    allocations: Parts = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    lines: dict[str, Parts] = field(default_factory=dict)
    reversals: list[PaymentReversal] = field(default_factory=list)
    movements: list[BalanceMovement] = field(default_factory=list)


def stories(session: Session) -> Iterator[PaymentStory]:
    """All payments that became money, as they were received."""
    money = select(Payment).where(Payment.status == "succeeded")
    ordered = money.order_by(col(Payment.received_on), Payment.id)
    result = session.exec(ordered.execution_options(yield_per=_AT_A_TIME))
    for batch in result.partitions():
        yield from _told(session, batch)


def _told(session: Session, batch: Sequence[Payment]) -> Iterator[PaymentStory]:
    found = {payment.id: PaymentStory(payment) for payment in batch}
    ids = list(found)
    for row, number, amount in _allocations(session, ids):
        found[row].allocations[number] = amount
    for refund in _refunds(session, ids):
        found[refund.payment_id].refunds.append(refund)
    for dispute in _disputes(session, ids):
        found[dispute.payment_id].disputes.append(dispute)
    for reversal in _reversals(session, ids):
        found[reversal.payment_id].reversals.append(reversal)
    for movement in balance.of_payments(session, ids):
        found[movement.payment_id].movements.append(movement)
    _add_lines(session, found)
    yield from found.values()


def _allocations(session: Session, ids: list[str]) -> list[tuple[str, str, int]]:
    part = PaymentAllocation
    own = select(part.payment_id, part.invoice_number, part.amount)
    own = own.where(col(part.payment_id).in_(ids)).order_by(part.payment_id, part.invoice_number)
    return list(session.exec(own))


def _refunds(session: Session, ids: list[str]) -> list[Refund]:
    own = select(Refund).where(col(Refund.payment_id).in_(ids))
    return list(session.exec(own.order_by(col(Refund.made_at), Refund.id)))


def _disputes(session: Session, ids: list[str]) -> list[Dispute]:
    own = select(Dispute).where(col(Dispute.payment_id).in_(ids))
    return list(session.exec(own.order_by(col(Dispute.opened_at), Dispute.id)))


def _reversals(session: Session, ids: list[str]) -> list[PaymentReversal]:
    row = PaymentReversal
    own = select(row).where(col(row.payment_id).in_(ids))
    return list(session.exec(own.order_by(col(row.reversed_on), row.id, col(row.part))))


def _add_lines(session: Session, found: dict[str, PaymentStory]) -> None:
    refunds = [row.id for story in found.values() for row in story.refunds]
    disputes = [row.id for story in found.values() for row in story.disputes]
    lines = defaultdict[str, Parts](dict)
    taken = select(RefundLine).where(col(RefundLine.refund_id).in_(refunds))
    for line in session.exec(taken.order_by(RefundLine.invoice_number)):
        lines[line.refund_id][line.invoice_number] = line.amount
    withdrawn = select(DisputeLine).where(col(DisputeLine.dispute_id).in_(disputes))
    for row in session.exec(withdrawn.order_by(DisputeLine.invoice_number)):
        lines[row.dispute_id][row.invoice_number] = row.amount
    for story in found.values():
        story.lines.update({row.id: lines[row.id] for row in story.refunds})
        story.lines.update({row.id: lines[row.id] for row in story.disputes})
