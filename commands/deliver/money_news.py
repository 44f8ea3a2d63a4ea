"""A refund and a dispute as staff are told of them, from the ledger as it is now."""

from typing import Any

from sqlmodel import Session

from commands import dashboard
from commands.desk import Desk
from commands.errors import NotFound
from renderers.documents import ReceiptLine
from renderers.money_news import (
    DisputeCard,
    RefundNews,
)
from storage import customers, disputes, invoices, payments, refunds
from storage.money import Money
from storage.payments import Payment

_UNKNOWN_PAYER = "Unknown customer"


def refund_news(session: Session, payload: dict[str, Any]) -> RefundNews:
    """`payload` holds the id of the `refund` and the `event`."""
    refund = refunds.find(session, payload["refund"])
    payment = payments.find(session, refund.payment_id) if refund else None
    if refund is None or payment is None:
        raise NotFound("The refund is gone.")
    return RefundNews(
        event=payload["event"],
        customer_name=_customer_name(session, payment),
        amount=Money(refund.amount, refund.currency),
        payment_id=payment.id,
        refund_id=refund.id,
        requested_by=refund.requested_by,
        approved_by=refund.approved_by,
        lines=refund_lines(session, refund.id, refund.currency),
        left=Money(payment.amount - payment.refunded - payment.disputed, payment.currency),
        reason=refund.reason,
        note=refund.note,
        failure=refund.failure,
    )


def refund_lines(session: Session, refund_id: str, currency: str) -> tuple[ReceiptLine, ...]:
    """What came off each invoice, and what is to pay on it now."""
    parts = refunds.lines(session, refund_id)
    return tuple(
        ReceiptLine(row.number, Money(parts[row.number], currency), row.balance)
        for row in invoices.find_all(session, list(parts))
    )


def dispute_card(session: Session, desk: Desk, payload: dict[str, Any]) -> DisputeCard:
    """`payload` holds the id of the `dispute`."""
    dispute = disputes.find(session, payload["dispute"])
    payment = payments.find(session, dispute.payment_id) if dispute else None
    if dispute is None or payment is None:
        raise NotFound("The dispute is gone.")
    laid = (row.invoice_number for row in payments.allocations(session, payment.id))
    numbers = sorted({*laid, *disputes.lines(session, dispute.id)})
    return DisputeCard(
        dispute_id=dispute.id,
        payment_id=payment.id,
        customer_name=_customer_name(session, payment),
        amount=Money(dispute.amount, dispute.currency),
        withdrawn=Money(dispute.withdrawn, dispute.currency),
        invoice_numbers=tuple(numbers),
        reason=dispute.reason,
        status=dispute.status,
        is_open=dispute.is_open,
        due_by=dispute.due_by,
        taken_by=dispute.taken_by or "",
        dashboard_url=dashboard.payment(desk, payment.id),
    )


def _customer_name(session: Session, payment: Payment) -> str:
    customer = customers.find(session, payment.customer_id or "")
    return customer.name if customer else _UNKNOWN_PAYER
