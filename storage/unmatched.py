"""What the ledger has and the gateway's balance has not shown, and what is under way too long."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, exists, or_, select

from storage.balance import BalanceMovement, Payout
from storage.disputes import Dispute
from storage.payments import Payment
from storage.refunds import COUNTED, Refund, RefundOrder

# In the very words of the indexes.
_PROCESSING = text("status = 'processing'")
_UNREAD = text("NOT read_whole")
_OPEN = text("status NOT IN ('warning_closed', 'prevented', 'won', 'lost')")


def payments_without_movement(session: Session, after: str, limit: int) -> list[Payment]:
    """Money that should lie at the gateway, by id."""
    at_gateway = or_(
        Payment.source == "gateway", col(Payment.id).startswith("pi_", autoescape=True)
    )
    moved = exists().where(
        col(BalanceMovement.payment_id) == Payment.id, col(BalanceMovement.kind) == "payment"
    )
    own = select(Payment).where(
        Payment.status == "succeeded", Payment.id > after, at_gateway, ~moved
    )
    return list(session.exec(own.order_by(Payment.id).limit(limit)))


def refunds_without_movement(session: Session, after: str, limit: int) -> list[Refund]:
    moved: ColumnElement[bool] = exists().where(col(BalanceMovement.source_id) == Refund.id)
    own = select(Refund).where(col(Refund.status).in_(COUNTED), Refund.id > after, ~moved)
    return list(session.exec(own.order_by(Refund.id).limit(limit)))


def open_disputes(session: Session, after: str, limit: int) -> list[Dispute]:
    own = select(Dispute).where(_OPEN, Dispute.id > after)
    return list(session.exec(own.order_by(Dispute.id).limit(limit)))


def overdue_payments(session: Session, before: date, after: str, limit: int) -> list[Payment]:
    """In flight, and expected before that day."""
    own = select(Payment).where(_PROCESSING, col(Payment.expected_by) < before, Payment.id > after)
    return list(session.exec(own.order_by(Payment.id).limit(limit)))


def overdue_refunds(session: Session, before: datetime, after: str, limit: int) -> list[Refund]:
    own = select(Refund).where(
        Refund.status == "pending", Refund.made_at < before, Refund.id > after
    )
    return list(session.exec(own.order_by(Refund.id).limit(limit)))


def overdue_orders(session: Session, before: datetime, after: str, limit: int) -> list[RefundOrder]:
    """Refunds that were ordered and of which nobody knows that they were made."""
    own = select(RefundOrder).where(
        col(RefundOrder.status).in_(("queued", "unknown")),
        RefundOrder.created_at < before,
        RefundOrder.id > after,
    )
    return list(session.exec(own.order_by(RefundOrder.id).limit(limit)))


def overdue_payouts(session: Session, before: date, after: str, limit: int) -> list[Payout]:
    own = select(Payout).where(
        _UNREAD,
        col(Payout.status).in_(("pending", "in_transit")),
        Payout.arrives_on < before,
        Payout.id > after,
    )
    return list(session.exec(own.order_by(Payout.id).limit(limit)))
