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
    if found.customer_id is not None:
        customers.lock(session, found.customer_id)
    payment = payments.lock(session, payment_id)
    usable = payment is not None and payment.status == "succeeded"
    return payment if usable and payment and payment.currency == currency else None


def invoice_numbers(session: Session, payment: Payment) -> list[str]:
    """What it lies on, and what it was meant for when it began."""
    laid = [row.invoice_number for row in payments.allocations(session, payment.id)]
    meant = checkouts.shares(session, payment.attempt_id) if payment.attempt_id else {}
    return list(dict.fromkeys([*laid, *meant]))
