"""Taking money and credit off an invoice that became smaller or ended: the last goes first."""

from datetime import date

from sqlmodel import Session

from storage import invoices, payments
from storage.invoices import Invoice, Lifecycle


def end(session: Session, invoice: Invoice, lifecycle: Lifecycle, today: date) -> set[str]:
    """Void it or write it off: what lies on a void one becomes credit again, of one written off
    only the rest is given up. Returns the numbers of the invoices whose balance moved.

    `lifecycle` "issued" is the way back: a higher version issues anew what had ended.
    """
    moved = release_above(session, invoice, 0) if lifecycle == "void" else set[str]()
    invoice.lifecycle = lifecycle
    invoice.ended_on = None if lifecycle == "issued" else today
    session.add(invoice)
    session.flush()
    return moved | {invoice.number}


def release_above(session: Session, invoice: Invoice, limit: int) -> set[str]:
    """Leave at most `limit` minor units (without sign) allocated.

    Payments become unapplied credit, credit memos open again. Returns the numbers of the
    invoices whose balance moved.
    """
    moved: set[str] = set()
    if abs(invoice.allocated) <= limit:
        return moved
    if invoice.is_credit_memo:
        moved |= _release_applications(session, invoice, limit)
    else:
        moved |= _release_payments(session, invoice, limit)
        moved |= _release_credits(session, invoice, limit)
    return moved


def _release_payments(session: Session, invoice: Invoice, limit: int) -> set[str]:
    for row, payment in reversed(payments.of_invoice(session, invoice.number)):
        amount = min(row.amount, invoice.allocated - limit)
        if amount > 0:
            payments.release(session, payment, invoice, amount)
    return {invoice.number}


def _release_credits(session: Session, invoice: Invoice, limit: int) -> set[str]:
    moved: set[str] = set()
    for row in reversed(payments.credits_of_invoice(session, invoice.number)):
        amount = min(row.amount, invoice.allocated - limit)
        credit = invoices.find(session, row.credit_number)
        if amount > 0 and credit is not None:
            payments.release_credit(session, credit, invoice, amount)
            moved.add(credit.number)
    return moved


def _release_applications(session: Session, credit: Invoice, limit: int) -> set[str]:
    moved = {credit.number}
    for row in reversed(payments.credits_from(session, credit.number)):
        amount = min(row.amount, -credit.allocated - limit)
        invoice = invoices.find(session, row.invoice_number)
        if amount > 0 and invoice is not None:
            payments.release_credit(session, credit, invoice, amount)
            moved.add(invoice.number)
    return moved
