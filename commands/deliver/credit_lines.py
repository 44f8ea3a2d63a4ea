"""The credit of a customer that was used on the pay page, as mails and posts name it."""

from collections.abc import Iterator

from sqlmodel import Session

from renderers import formats
from renderers.documents import CreditLine
from storage import credit_uses, invoices, payments
from storage.credit_uses import CreditUse, CreditUseLine
from storage.money import Money
from storage.payments import Payment


def of_payment(session: Session, payment: Payment, locale: str) -> tuple[CreditLine, ...]:
    """What was used beside the payment's money."""
    attempt = payment.attempt_id
    use = credit_uses.of_attempt(session, attempt) if attempt else None
    return tuple(of_use(session, use, locale)) if use else ()


def of_use(session: Session, use: CreditUse, locale: str) -> Iterator[CreditLine]:
    """A line for each credit on each invoice, with what the invoice owes now."""
    rows = credit_uses.lines(session, use.id)
    numbers = sorted({row.invoice_number for row in rows})
    left = {row.number: row.balance for row in invoices.find_all(session, numbers)}
    for row in rows:
        applied = Money(row.amount, use.currency)
        source = _named(session, row, locale)
        yield CreditLine(row.invoice_number, source, applied, left[row.invoice_number])


def _named(session: Session, row: CreditUseLine, locale: str) -> str:
    if row.kind == "memo":
        return f"credit memo {row.source}"
    payment = payments.find(session, row.source)
    assert payment is not None  # payments are never deleted
    return f"credit of {formats.day(payment.received_on, locale)}"
