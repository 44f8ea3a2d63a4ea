"""Whole tables in a stable order, for the export: one question each, never one for each row."""

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, func, select

from storage.audit import AuditEntry
from storage.deliveries import Delivery, DeliveryRecipient
from storage.invoices import Invoice
from storage.payment_links import PaymentLinkInvoice
from storage.payments import Payment, PaymentAllocation
from storage.statements import Statement

Model = TypeVar("Model", bound=SQLModel)
_AT_A_TIME = 2000


def every(session: Session, model: type[Model]) -> Iterator[Model]:
    """All rows by primary key, a few thousand in memory at a time."""
    rows = select(model).order_by(*inspect(model).primary_key)
    yield from session.exec(rows.execution_options(yield_per=_AT_A_TIME))


def unapplied(session: Session) -> list[tuple[str, str, int]]:
    """Customer, currency and unapplied minor units; zero where a currency was only used."""
    rest = Payment.amount - Payment.allocated - Payment.refunded - Payment.disputed
    money = (
        select(Payment.customer_id, Payment.currency, func.sum(rest))
        .where(Payment.status == "succeeded", col(Payment.customer_id).is_not(None))
        .group_by(col(Payment.customer_id), Payment.currency)
    )
    used = select(Invoice.customer_id, Invoice.currency).distinct()
    found = dict.fromkeys(session.exec(used), 0)
    found |= {
        (customer or "", currency): int(sum_) for customer, currency, sum_ in session.exec(money)
    }
    return [(customer, currency, amount) for (customer, currency), amount in found.items()]


def allocations(session: Session) -> list[tuple[str, str, int]]:
    row = PaymentAllocation
    found = select(row.payment_id, row.invoice_number, row.amount)
    return list(session.exec(found.order_by(row.payment_id, row.invoice_number)))


def linked_invoices(session: Session) -> list[tuple[str, Invoice]]:
    """Each link with each of its invoices."""
    row = PaymentLinkInvoice
    found = select(row.link_id, Invoice).join(Invoice, col(Invoice.number) == row.invoice_number)
    return list(session.exec(found.order_by(row.link_id, row.invoice_number)))


def statements(session: Session) -> Iterator[tuple[Statement, str]]:
    """Each with the key of its mail; not those that were undone."""
    found = (
        select(Statement, Delivery.key)
        .join(Delivery, col(Delivery.id) == Statement.delivery_id)
        .where(Delivery.status != "cancelled")
        .order_by(Statement.customer_id, col(Statement.period_end), Statement.currency)
        .order_by(col(Statement.delivery_id))
    )
    yield from session.exec(found.execution_options(yield_per=_AT_A_TIME))


def recipients(session: Session) -> Iterator[DeliveryRecipient]:
    row = DeliveryRecipient
    found = select(row).order_by(col(row.delivery_id), col(row.position), row.address)
    yield from session.exec(found.execution_options(yield_per=_AT_A_TIME))


def audit_entries(session: Session) -> Iterator[AuditEntry]:
    yield from every(session, AuditEntry)
