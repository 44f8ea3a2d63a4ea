"""Rows that say nothing new are set aside before the write lock is taken.

An ERP that sends all its invoices every night must not keep everybody else waiting for them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

from commands.import_files import recognised
from commands.import_files.checking import Checked
from commands.import_files.customers import own_values
from commands.import_files.orders import differing
from commands.import_files.own_values import news
from commands.import_files.report import KindName
from commands.import_files.reversals import new_rows
from commands.import_files.staging import Draft, Rows
from commands.import_files.told import Told, same_payment, told
from commands.import_files.versions import same_invoice
from storage import bulk
from storage.customers import Customer
from storage.invoices import Invoice
from storage.orders import Order
from storage.payments import Payment
from storage.reversals import PaymentReversal

Value = TypeVar("Value")
Model = TypeVar("Model", bound=SQLModel)


def set_aside(session: Session, checked: Checked) -> None:
    """Count what is unchanged and take it out of the staged rows."""
    staged = checked.staged

    def same_draft(draft: Draft, row: Invoice) -> bool:
        return same_invoice(draft, row, checked.priced.get(row.number))

    customers = _stored(session, staged.customers, Customer, Customer.id)
    _drop(checked, "customers", customers, lambda row, at: not news(at.imported, own_values(row)))
    orders = _stored(session, staged.orders, Order, Order.number)
    _drop(checked, "orders", orders, lambda row, at: not differing(row, at))
    invoices = _stored(session, staged.invoices, Invoice, Invoice.number)
    _drop(checked, "invoices", invoices, same_draft)
    _drop_payments(session, checked)


def _stored(session: Session, rows: Rows[Any], model: type[Model], key: Any) -> Any:
    """Pairs of a staged row and the stored one, a thousand in memory at a time."""
    for batch in bulk.chunks(list(rows.good)):
        for found in bulk.by_keys(session, model, key, batch):
            own = getattr(found, key.key)
            yield own, rows.good[own], found


def _drop(checked: Checked, kind: KindName, pairs: Any, same: Callable[[Any, Any], bool]) -> None:
    staged = checked.staged
    for key, row, stored in pairs:
        if same(row, stored):
            del staged.of_kind(kind).good[key]
            staged.report.count(kind, "unchanged")
            if isinstance(row, Draft):
                staged.report.count("invoice_lines", "unchanged", len(row.lines))


def _drop_payments(session: Session, checked: Checked) -> None:
    for batch in bulk.chunks(told(checked)):
        ids = {part.row.payment_id for one in batch for part in one.parts}
        stored = recognised.stored(session, batch)
        reversals = bulk.by_keys(session, PaymentReversal, PaymentReversal.id, ids)
        known = {row.digest for row in reversals}
        for one in batch:
            if _same(one, stored, known):
                del checked.staged.payments.good[one.key]
                checked.staged.report.count("payments", "unchanged")


def _same(one: Told, stored: dict[str, Payment], known: set[str]) -> bool:
    payment = stored.get(one.key)
    if one.positive and (payment is None or not same_payment(one, payment)):
        return False
    others = {part.row.payment_id for part in one.parts} - {one.key}
    return not others & set(stored) and not any(new_rows(one, known))
