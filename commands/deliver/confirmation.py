"""One payment as the channel and the card's thread are told of it."""

from typing import Any

from sqlmodel import Session

from commands.deliver import credit_lines
from commands.deliver.compose_mail import receipt_lines
from commands.errors import NotFound
from renderers.documents import ReceiptLine
from renderers.formats import DEFAULT_LOCALE
from renderers.slack_values import ExcessNotice, PaymentConfirmation, PaymentReversed
from storage import (
    checkouts,
    credit_uses,
    customers,
    deliveries,
    invoices,
    payment_links,
    payments,
    payments_taken,
)
from storage.checkouts import CheckoutAttempt
from storage.money import Money
from storage.payments import Payment

_UNKNOWN_PAYER = "Unknown customer"


def payment_confirmation(session: Session, payload: dict[str, Any]) -> PaymentConfirmation:
    """`payload` holds the id of the `payment` and the `event`; `NotFound` when it is gone."""
    if payload["event"] == "credited":
        return _credited(session, payload["payment"])
    payment = payments.find(session, payload["payment"])
    if payment is None:
        raise NotFound("The payment is gone.")
    attempt = checkouts.find(session, payment.attempt_id) if payment.attempt_id else None
    event = payload["event"]
    settled = event == "paid"
    lines = receipt_lines(session, payment) if settled else _meant(session, payment, attempt)
    return PaymentConfirmation(
        event=event,
        customer_name=_customer_name(session, payment),
        amount=Money(payment.amount, payment.currency),
        method=payment.method_detail or payment.method,
        lines=_opened(session, payload["invoices"]) if event == "reversed" else lines,
        unapplied=Money(payment.unapplied if settled else 0, payment.currency),
        payment_id=payment.id,
        sender_ids=_senders(session, attempt.link_id) if attempt else (),
        expected_by=payment.expected_by,
        failure=payment.failure,
        recorded_by=payment.recorded_by,
        reversed=_reversed(session, payment),
        can_reverse=payment.source == "staff" and payment.refunded < payment.amount,
        credits=credit_lines.of_payment(session, payment, DEFAULT_LOCALE) if settled else (),
    )


def _credited(session: Session, use_id: str) -> PaymentConfirmation:
    """Invoices that credit alone has paid."""
    use = credit_uses.find(session, use_id)
    if use is None:
        raise NotFound("The credit is gone.")
    customer = customers.find(session, use.customer_id)
    return PaymentConfirmation(
        event="credited",
        customer_name=customer.name if customer else _UNKNOWN_PAYER,
        amount=Money(use.amount, use.currency),
        method="",
        lines=(),
        unapplied=Money(0, use.currency),
        payment_id=use.id,
        sender_ids=_senders(session, use.link_id),
        credits=tuple(credit_lines.of_use(session, use, DEFAULT_LOCALE)),
    )


def excess_notice(session: Session, payload: dict[str, Any]) -> ExcessNotice:
    """`payload` holds the `text`, the id of the payment and who said that the credit stays."""
    payment = payments.find(session, payload["excess_of"])
    if payment is None:
        raise NotFound("The payment is gone.")
    left = Money(payment.unapplied, payment.currency)
    return ExcessNotice(payload["text"], payment.id, left, payload.get("kept_by", ""))


def _reversed(session: Session, payment: Payment) -> PaymentReversed | None:
    """The whole of what was taken back here, and the last reason for it."""
    rows = payments_taken.reversals(session, payment.id) if payment.source == "staff" else []
    if not rows:
        return None
    amount = Money(sum(row.amount for row in rows), payment.currency)
    return PaymentReversed(amount, rows[-1].reversed_by, rows[-1].reason)


def _opened(session: Session, numbers: list[str]) -> tuple[ReceiptLine, ...]:
    """Invoices that the payment no longer lies on, with what they owe now."""
    return tuple(
        ReceiptLine(row.number, Money(0, row.currency), row.balance)
        for row in invoices.find_all(session, numbers)
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


def _senders(session: Session, link_id: str) -> tuple[str, ...]:
    """The people who sent the link that was paid, latest first, else whoever made it."""
    mails = deliveries.mails_with_link(session, link_id)
    link = payment_links.find(session, link_id)
    names = [mail.created_by for mail in mails] or ([link.created_by] if link else [])
    people = (name for name in names if not name.startswith("system"))
    return tuple(dict.fromkeys(people))
