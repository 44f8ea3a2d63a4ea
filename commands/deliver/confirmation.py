"""One payment as the channel and the card's thread are told of it."""

from typing import Any

from sqlmodel import Session

from commands.deliver.compose_mail import receipt_lines
from commands.errors import NotFound
from renderers.documents import PaymentConfirmation, ReceiptLine
from storage import checkouts, customers, deliveries, invoices, payment_links, payments
from storage.checkouts import CheckoutAttempt
from storage.money import Money
from storage.payments import Payment

_UNKNOWN_PAYER = "Unknown customer"


def payment_confirmation(session: Session, payload: dict[str, Any]) -> PaymentConfirmation:
    """`payload` holds the id of the `payment` and the `event`; `NotFound` when it is gone."""
    payment = payments.find(session, payload["payment"])
    if payment is None:
        raise NotFound("The payment is gone.")
    attempt = checkouts.find(session, payment.attempt_id) if payment.attempt_id else None
    event = payload["event"]
    settled = event == "paid"
    return PaymentConfirmation(
        event=event,
        customer_name=_customer_name(session, payment),
        amount=Money(payment.amount, payment.currency),
        method=payment.method_detail or payment.method,
        lines=receipt_lines(session, payment) if settled else _meant(session, payment, attempt),
        unapplied=Money(payment.unapplied if settled else 0, payment.currency),
        payment_id=payment.id,
        sender_ids=_senders(session, attempt),
        expected_by=payment.expected_by,
        failure=payment.failure,
    )


def _customer_name(session: Session, payment: Payment) -> str:
    customer = customers.find(session, payment.customer_id or "")
    return customer.name if customer else _UNKNOWN_PAYER


def _meant(
    session: Session, payment: Payment, attempt: CheckoutAttempt | None
) -> tuple[ReceiptLine, ...]:
    """The invoices that money not yet there is, or was, meant for, with what they still owe."""
    if attempt is None:
        return ()
    shares = checkouts.shares(session, attempt.id)
    return tuple(
        ReceiptLine(
            invoice.number, Money(shares[invoice.number], payment.currency), invoice.balance
        )
        for invoice in invoices.find_all(session, list(shares))
    )


def _senders(session: Session, attempt: CheckoutAttempt | None) -> tuple[str, ...]:
    """The people who sent the link that was paid, latest first, else whoever made it."""
    if attempt is None:
        return ()
    mails = deliveries.mails_with_link(session, attempt.link_id)
    link = payment_links.find(session, attempt.link_id)
    names = [mail.created_by for mail in mails] or ([link.created_by] if link else [])
    people = (name for name in names if not name.startswith("system"))
    return tuple(dict.fromkeys(people))
