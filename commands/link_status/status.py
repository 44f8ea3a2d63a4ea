"""How an invoice and its link stand, and who sent it to whom."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound
from commands.payment_link import service as payment_link
from commands.take_payment import due
from renderers.slack_values import CardRecipient
from storage import (
    checkouts,
    customers,
    deliveries,
    disputes,
    invoices,
    payment_links,
    payments,
)
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.money import Money
from storage.payment_links import PaymentLink

_MOST_MAILS = 8


@dataclass(frozen=True, slots=True)
class Paid:
    """What one payment or credit memo (`how` "credit memo") put on the invoice."""

    source: str
    how: str
    amount: Money
    on: date | None


@dataclass(frozen=True, slots=True)
class Mailed:
    by: str  # a Slack id, or "system:…"
    at: datetime  # when it was sent, else when somebody pressed Send
    status: str
    recipients: tuple[CardRecipient, ...]
    had_link: bool


@dataclass(frozen=True, slots=True)
class InvoiceStatus:
    """`link_id`: of the link that can be shown, or ""; `mailed` newest first."""

    number: str
    is_credit_memo: bool
    customer_name: str
    status: str
    total: Money
    balance: Money
    due_date: date
    paid: tuple[Paid, ...]
    pending: Money
    expected_by: date | None
    disputed: bool
    checkouts: int
    link_state: str
    link_id: str
    mailed: tuple[Mailed, ...]


@audited("see_status", about="number")
def look(actor: Actor, desk: Desk, *, number: str) -> InvoiceStatus:
    """Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        invoice = invoices.find(session, number)
        customer = customers.find(session, invoice.customer_id) if invoice else None
        if invoice is None or customer is None:
            raise NotFound(f"There is no invoice {number}.")
        pending = checkouts.pending(session, [number]).get(number, 0)
        link = _link(session, desk, number)
        disputed = disputes.is_open_for(session, number)
        owes = invoice.balance.minor > 0 and not disputed
        usable = link is not None and customer.has_usable_links and owes
        return InvoiceStatus(
            number=number,
            is_credit_memo=invoice.is_credit_memo,
            customer_name=customer.name,
            status=invoice.status,
            total=Money(invoice.total, invoice.currency),
            balance=invoice.balance,
            due_date=invoice.due_date,
            paid=_paid(session, invoice),
            pending=Money(pending, invoice.currency),
            expected_by=due.expected_by(session, [number]) if pending else None,
            disputed=disputed,
            checkouts=len(checkouts.touching(session, [number], "created", "open")),
            link_state=_link_state(session, link, enabled=customer.has_usable_links),
            link_id=link.id if link is not None and usable else "",
            mailed=_mailed(session, number),
        )


def _link(session: Session, desk: Desk, number: str) -> PaymentLink | None:
    """The invoice's own link, else a statement's or a bulk send's that covers it."""
    found = payment_links.active_covering(session, number)
    known = [link for link in found if link.key_id in desk.keyring.ids]
    return min(known, key=lambda link: link.kind != "invoice", default=None)


def _link_state(session: Session, link: PaymentLink | None, *, enabled: bool) -> str:
    if link is None:
        return "none that can be used"
    if not enabled:
        return "payment links are disabled for the customer"
    state = payment_link.status(link, payment_links.invoices_of(session, link.id))
    return state if link.kind == "invoice" else f"{state}, of a {link.kind}"


def _paid(session: Session, invoice: Invoice) -> tuple[Paid, ...]:
    number, currency = invoice.number, invoice.currency
    money = [
        Paid(p.id, p.method_detail or p.method, Money(row.amount, currency), p.received_on)
        for row, p in payments.of_invoice(session, number)
    ]
    memos = [
        Paid(row.credit_number, "credit memo", Money(row.amount, currency), None)
        for row in payments.credits_of_invoice(session, number)
    ]
    return (*money, *memos)


def _mailed(session: Session, number: str) -> tuple[Mailed, ...]:
    mails = deliveries.mails_covering(session, [number])
    sent = [mail for mail in reversed(mails) if mail.purpose != "receipt"]
    return tuple(_mail(session, mail) for mail in sent[:_MOST_MAILS])


def _mail(session: Session, mail: Delivery) -> Mailed:
    assert mail.id is not None
    rows = deliveries.recipients(session, mail.id)
    to = tuple(CardRecipient(row.address, row.outcome, row.reply) for row in rows)
    at = mail.finished_at or mail.created_at
    return Mailed(mail.created_by, at, mail.status, to, mail.link_id is not None)
