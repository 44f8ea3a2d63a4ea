"""A payment of which money goes back: locked, and only if it is money of ours."""

from sqlmodel import Session

from storage import checkouts, customers, payments
from storage.payments import Payment


def hold(session: Session, payment_id: str, currency: str) -> Payment | None:
    """Customer first, then the payment, until the unit of work ends.

    None while the ledger does not have it as money of that currency.
    """
    found = payments.find(session, payment_id)
    if found is None:
        return None
    known = found.customer_id
    if known is not None:
        customers.lock(session, known)
    payment = payments.lock(session, payment_id)
    if payment is None or payment.status != "succeeded" or payment.currency != currency:
        return None
    if payment.customer_id is not None and payment.customer_id != known:
        # It was nobody's, and somebody's while we waited for it: its invoices are theirs.
        customers.lock(session, payment.customer_id)
    return payment


def invoice_numbers(session: Session, payment: Payment) -> list[str]:
    """What it lies on, and what it was meant for when it began."""
    laid = [row.invoice_number for row in payments.allocations(session, payment.id)]
    meant = checkouts.shares(session, payment.attempt_id) if payment.attempt_id else {}
    return list(dict.fromkeys([*laid, *meant]))
