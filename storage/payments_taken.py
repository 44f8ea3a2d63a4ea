"""Payments taken elsewhere: what staff recorded, and what of it an import may tell again."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from storage.payments import BY_STAFF, Payment
from storage.reversals import PaymentReversal


class StaffSum(NamedTuple):
    """What one person took by one method; `amount` in minor units, less what was reversed."""

    method: str
    recorded_by: str
    currency: str
    number: int
    amount: int


def of_amount(
    session: Session, customer_id: str, currency: str, amount: int, days: tuple[date, date]
) -> list[Payment]:
    """The customer's payments of exactly that amount received on those days, newest first."""
    first, last = days
    own = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.currency == currency,
        Payment.amount == amount,
        col(Payment.status).in_(("processing", "succeeded")),
        Payment.received_on >= first,
        Payment.received_on <= last,
    )
    return list(session.exec(own.order_by(col(Payment.recorded_at).desc(), col(Payment.id))))


def recorded(
    session: Session, start: datetime, end: datetime, *, limit: int, offset: int
) -> list[Payment]:
    """What staff recorded from `start` until before `end`, newest first."""
    own = select(Payment).where(BY_STAFF, Payment.recorded_at >= start, Payment.recorded_at < end)
    newest = own.order_by(col(Payment.recorded_at).desc(), col(Payment.id).desc())
    return list(session.exec(newest.limit(limit).offset(offset)))


def sums(session: Session, start: datetime, end: datetime) -> list[StaffSum]:
    """What staff recorded in that time, by method, person and currency."""
    by: list[Any] = [Payment.method, Payment.recorded_by, Payment.currency]
    counted: list[Any] = [func.count(), func.sum(Payment.amount - Payment.refunded)]
    own = select(*by, *counted).where(
        BY_STAFF, col(Payment.recorded_at) >= start, col(Payment.recorded_at) < end
    )
    rows = session.execute(own.group_by(*by).order_by(*by)).all()
    return [StaffSum(method, who, code, int(n), int(left)) for method, who, code, n, left in rows]


def by_erp_id(session: Session, erp_id: str) -> Payment | None:
    """The payment that an import told of under that id."""
    return session.exec(select(Payment).where(Payment.erp_id == erp_id)).first()


def unclaimed(
    session: Session, customer_id: str, currency: str, amount: int, day: date
) -> list[Payment]:
    """What staff recorded of which no import has told yet, earliest first."""
    own = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.currency == currency,
        Payment.amount == amount,
        Payment.received_on == day,
        Payment.source == "staff",
        col(Payment.erp_id).is_(None),
    )
    return list(session.exec(own.order_by(col(Payment.recorded_at), Payment.id)))


def reversals(session: Session, payment_id: str) -> list[PaymentReversal]:
    """What was taken back of the payment, earliest first."""
    own = select(PaymentReversal).where(PaymentReversal.payment_id == payment_id)
    rows = list(session.exec(own.order_by(PaymentReversal.id, col(PaymentReversal.part))))
    return sorted(rows, key=lambda row: (row.reversed_on, row.id, row.part))


def unapplied(session: Session, customer_id: str) -> list[Payment]:
    """The customer's payments with money that lies on no invoice, received first ones first."""
    rest = Payment.amount - Payment.allocated - Payment.refunded - Payment.disputed
    own = select(Payment).where(
        Payment.customer_id == customer_id, Payment.status == "succeeded", rest > 0
    )
    return list(session.exec(own.order_by(col(Payment.received_on), Payment.id)))
