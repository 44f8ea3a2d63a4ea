"""The invoices of a pay page, each with what can be paid of it and why not more."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from commands.take_payment.due import OpenItem
from renderers.page_values import PayPageInvoice, RowState
from storage.money import Money


@dataclass(frozen=True, slots=True)
class RowContext:
    """`ticked` None: all that can be paid; `changes`: sentences by invoice number."""

    token: str
    today: date
    ticked: frozenset[str] | None = None
    changes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def page_row(row: OpenItem, context: RowContext) -> PayPageInvoice:
    invoice = row.invoice
    state = row_state(row)
    return PayPageInvoice(
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        po_number=invoice.po_number,
        total=Money(invoice.total, invoice.currency),
        settled=Money(invoice.allocated, invoice.currency),
        pending=row.pending + Money(row.promised, invoice.currency),
        balance=invoice.balance,
        pdf_url=f"/pay/{context.token}/invoices/{quote(invoice.number, safe='')}.pdf",
        disputed=row.disputed,
        payable=row.payable,
        days_late=days_late(row, context.today),
        state=state,
        ticked=state == "open" and (context.ticked is None or invoice.number in context.ticked),
        changes=context.changes.get(invoice.number, ()),
    )


def row_state(row: OpenItem) -> RowState:
    invoice = row.invoice
    if invoice.lifecycle != "issued":
        return invoice.lifecycle
    if row.disputed:
        return "disputed"
    if row.payable:
        return "open"
    if row.pending:
        return "processing"
    return "paid" if invoice.status == "paid" else "settled"


def days_late(row: OpenItem, today: date) -> int:
    """Since it was due; nothing is late of what is not owed."""
    late = (today - row.invoice.due_date).days
    return max(0, late) if row.invoice.balance.minor > 0 else 0
