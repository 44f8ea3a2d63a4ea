"""The whole ledger as one JSON object, exactly as CONTRACT.md draws it."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from commands.payment_link import service as payment_link
from storage import checkouts
from storage import ledger as rows
from storage.approvals import Approval
from storage.customers import Customer
from storage.database import Database
from storage.deliveries import Delivery, DeliveryRecipient
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from storage.payments import Payment
from storage.statements import Statement

Entry = dict[str, Any]


def ledger(database: Database) -> Entry:
    """One consistent read in a stable order; money in minor units, times UTC. Holds no token."""
    with database.reading() as session:
        return {
            "customers": _customers(session),
            "invoices": _invoices(session),
            "payments": _payments(session),
            "links": _links(session),
            "deliveries": _deliveries(session),
            "statements": [_statement(*found) for found in rows.statements(session)],
            "approvals": [_approval(row) for row in rows.every(session, Approval)],
            "audit": _audit(session),
        }


def _customers(session: Session) -> list[Entry]:
    unapplied: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for customer_id, currency, amount in rows.unapplied(session):
        unapplied[customer_id][currency] = amount
    return [_customer(row, unapplied[row.id]) for row in rows.every(session, Customer)]


def _customer(row: Customer, unapplied: dict[str, int]) -> Entry:
    """Unapplied credit in every currency that the customer has used, the own one always."""
    return {
        "id": row.id,
        "payment_links_enabled": row.payment_links_enabled,
        "unapplied": dict(sorted({row.currency: 0, **unapplied}.items())),
    }


def _invoices(session: Session) -> list[Entry]:
    pending = checkouts.pending(session)
    return [_invoice(row, pending.get(row.number, 0)) for row in rows.every(session, Invoice)]


def _invoice(row: Invoice, pending: int) -> Entry:
    return {
        "number": row.number,
        "customer": row.customer_id,
        "currency": row.currency,
        "total": row.total,
        "allocated": row.allocated,
        "pending": pending,
        "balance": row.balance.minor,
        "status": row.status,
    }


def _payments(session: Session) -> list[Entry]:
    allocations: defaultdict[str, list[Entry]] = defaultdict(list)
    for payment_id, number, amount in rows.allocations(session):
        allocations[payment_id].append({"invoice": number, "amount": amount})
    return [_payment(row, allocations[row.id]) for row in rows.every(session, Payment)]


def _payment(row: Payment, allocations: list[Entry]) -> Entry:
    return {
        "id": row.id,
        "customer": row.customer_id,
        "currency": row.currency,
        "amount": row.amount,
        "refunded": row.refunded,
        "disputed": row.disputed,
        "unapplied": row.unapplied,
        "status": row.status,
        "method": row.method,
        "allocations": allocations,
    }


def _links(session: Session) -> list[Entry]:
    covered: defaultdict[str, list[Invoice]] = defaultdict(list)
    for link_id, invoice in rows.linked_invoices(session):
        covered[link_id].append(invoice)
    return [_link(row, covered[row.id]) for row in rows.every(session, PaymentLink)]


def _link(row: PaymentLink, covered: list[Invoice]) -> Entry:
    return {
        "id": row.id,
        "kind": row.kind,
        "customer": row.customer_id,
        "invoices": [invoice.number for invoice in covered],
        "status": payment_link.status(row, covered),
        "created_by": row.created_by,
    }


def _deliveries(session: Session) -> list[Entry]:
    recipients: defaultdict[int, list[Entry]] = defaultdict(list)
    for recipient in rows.recipients(session):
        recipients[recipient.delivery_id].append(_recipient(recipient))
    return [_delivery(row, recipients[row.id or 0]) for row in rows.every(session, Delivery)]


def _recipient(row: DeliveryRecipient) -> Entry:
    return {"address": row.address, "outcome": row.outcome}


def _delivery(row: Delivery, recipients: list[Entry]) -> Entry:
    return {
        "key": row.key,
        "kind": row.kind,
        "status": row.status,
        "recipients": recipients,
        "message_id": row.message_id,
        "attempts": row.attempts,
        "error": row.error,
    }


def _statement(row: Statement, delivery_key: str) -> Entry:
    return {
        "customer": row.customer_id,
        "period_start": row.period_start.isoformat(),
        "period_end": row.period_end.isoformat(),
        "currency": row.currency,
        "closing_balance": row.closing_balance,
        "delivery": delivery_key,
    }


def _approval(row: Approval) -> Entry:
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "requested_by": row.requested_by,
        "decided_by": row.decided_by,
        "customers": row.customers,
        "invoices": row.invoices,
        "totals": row.totals,
    }


def _audit(session: Session) -> list[Entry]:
    return [
        {
            "at": instant(row.at),
            "actor": row.actor,
            "role": row.role,
            "action": row.action,
            "object": row.object,
            "outcome": row.outcome,
            "detail": row.detail,
        }
        for row in rows.audit_entries(session)
    ]


def instant(moment: datetime) -> str:
    """UTC with a Z, to the second unless there are fractions."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
