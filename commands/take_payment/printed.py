"""A statement's link: what was printed, and line by line what has changed since."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session

from commands.desk import Desk
from commands.take_payment.due import OpenItem
from renderers import formats
from renderers.page_values import PrintedStatement
from storage import credits as customer_credits
from storage import payments, statements
from storage.invoices import Invoice
from storage.money import Money
from storage.payment_links import PaymentLink
from storage.payments import Payment
from storage.statements import Statement, StatementItem


def statement(session: Session, desk: Desk, link: PaymentLink) -> PrintedStatement | None:
    """None for a link of another kind."""
    made = _of(session, link)
    if made is None:
        return None
    return PrintedStatement(
        period_start=made.period_start,
        period_end=made.period_end,
        closing_balance=Money(made.closing_balance, made.currency),
        payable=Money(made.payable, made.currency),
        made_on=desk.policy.today(made.made_at),
    )


def changes(
    session: Session, link: PaymentLink, rows: list[OpenItem], locale: str
) -> dict[str, tuple[str, ...]]:
    """Sentences by invoice number; an invoice that stands as it was printed has none."""
    made = _of(session, link)
    if made is None:
        return {}
    items = {item.number: item for item in statements.items(session, made.id, "open")}
    found = {
        invoice.number: tuple(_changed(session, made, items[invoice.number], invoice, locale))
        for invoice in (row.invoice for row in rows)
        if invoice.number in items
    }
    return {number: sentences for number, sentences in found.items() if sentences}


def _of(session: Session, link: PaymentLink) -> Statement | None:
    return statements.of_link(session, link.id) if link.kind == "statement" else None


def _changed(
    session: Session, made: Statement, item: StatementItem, invoice: Invoice, locale: str
) -> Iterator[str]:
    if invoice.balance.minor != item.open_amount:
        was = formats.money(Money(item.open_amount, made.currency), locale)
        yield f"On the statement: {was}"
        yield from _why(session, made, item, invoice, locale)


def _why(
    session: Session, made: Statement, item: StatementItem, invoice: Invoice, locale: str
) -> Iterator[str]:
    """What moved its balance; whatever has no name of its own is said as a difference."""
    if invoice.lifecycle != "issued":
        yield "Cancelled" if invoice.lifecycle == "void" else "Written off"
        return
    left = item.open_amount - invoice.balance.minor
    corrected = item.amount - invoice.total
    if corrected:
        left -= corrected
        now = formats.money(Money(invoice.total, invoice.currency), locale)
        yield f"Corrected: its total is now {now}"
    for amount, day in _paid_since(session, made, invoice):
        left -= amount
        paid = formats.money(Money(amount, invoice.currency), locale)
        yield f"Payment of {paid} on {formats.day(day, locale)}"
    yield from _rest(session, invoice, left, locale)


def _paid_since(session: Session, made: Statement, invoice: Invoice) -> Iterator[tuple[int, date]]:
    for part, payment in payments.of_invoice(session, invoice.number):
        if _is_later(payment, made):
            yield part.amount, payment.received_on


def _is_later(payment: Payment, made: Statement) -> bool:
    """Dated after the period, or entered after the statement was made."""
    return payment.received_on > made.period_end or payment.recorded_at > made.made_at


def _rest(session: Session, invoice: Invoice, left: int, locale: str) -> Iterator[str]:
    if left > 0:
        credited = min(left, customer_credits.laid_on(session, invoice.number))
        if credited:
            amount = formats.money(Money(credited, invoice.currency), locale)
            yield f"{amount} settled with your credit"
        left -= credited
    if left:
        amount = formats.money(Money(abs(left), invoice.currency), locale)
        yield f"{amount} settled since" if left > 0 else f"{amount} of it is due again"
