"""What the send form shows, read from the ledger as it is now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from commands import outbox, previews
from commands.access import Actor
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.payment_link import service as payment_link
from storage import customers, deliveries, disputes, invoices, payment_links
from storage.customers import Contact, Customer
from storage.invoices import Invoice
from storage.money import Money


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail of the same invoice within the last 24 hours."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One form to be filled in; `no_link_reason` is empty when a link is possible."""

    id: str
    invoice_number: str
    is_credit_memo: bool
    customer_name: str
    balance: Money
    due_date: date
    contacts: tuple[Contact, ...]
    link_is_out: bool
    no_link_reason: str
    earlier: Earlier | None
    preview_url: str
    typed_in: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which form is to be opened."""

    number: str
    draft_id: str
    typed_in: str


def load(actor: Actor, desk: Desk, *, asked: Asked) -> Draft:
    """Raises `NotFound` or `Refused` when the invoice cannot be sent."""
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        invoice, customer = _sendable(session, asked.number)
        reason = payment_link.why_no_link(
            customer, invoice, account, disputed=disputes.is_open_for(session, invoice.number)
        )
        link = payment_links.active_for(session, "invoice", asked.number, desk.keyring.ids)
        preview = previews.url(desk, actor, number=invoice.number, with_link=not reason)
        return Draft(
            id=asked.draft_id,
            invoice_number=invoice.number,
            is_credit_memo=invoice.is_credit_memo,
            customer_name=customer.name,
            balance=invoice.balance,
            due_date=invoice.due_date,
            contacts=tuple(customers.contacts(session, customer.id, "invoice")),
            link_is_out=link is not None,
            no_link_reason=reason,
            earlier=_earlier(session, desk, asked.number),
            preview_url=preview,
            typed_in=asked.typed_in,
        )


def _sendable(session: Session, number: str) -> tuple[Invoice, Customer]:
    invoice = invoices.find(session, number)
    customer = customers.find(session, invoice.customer_id) if invoice else None
    if invoice is None or customer is None:
        raise NotFound(f"There is no invoice {number}.")
    if invoice.lifecycle == "void":
        raise Refused(f"{number} is void, so it cannot be sent.")
    return invoice, customer


def _earlier(session: Session, desk: Desk, number: str) -> Earlier | None:
    mails = deliveries.invoice_mails_since(session, number, desk.clock.now() - outbox.RECENT)
    return Earlier(mails[0].created_at, mails[0].created_by) if mails else None
