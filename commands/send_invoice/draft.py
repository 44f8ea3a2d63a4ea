"""What the send form shows, read from the ledger as it is now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from commands import previews
from commands.access import Actor
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.send_invoice.service import RECENT
from storage import customers, deliveries, invoices, payment_links
from storage.customers import Contact
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


def load(actor: Actor, desk: Desk, *, number: str, draft_id: str, typed_in: str) -> Draft:
    """Raises `NotFound` or `Refused` when the invoice cannot be sent."""
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        return _read(session, desk, actor, account, (number, draft_id, typed_in))


def _read(
    session: Session,
    desk: Desk,
    actor: Actor,
    account: AccountState,
    form: tuple[str, str, str],
) -> Draft:
    number, draft_id, typed_in = form
    invoice = invoices.find(session, number)
    customer = customers.find(session, invoice.customer_id) if invoice else None
    if invoice is None or customer is None:
        raise NotFound(f"There is no invoice {number}.")
    if invoice.lifecycle == "void":
        raise Refused(f"{number} is void, so it cannot be sent.")
    reason = payment_link.why_no_link(customer, invoice, account)
    return Draft(
        id=draft_id,
        invoice_number=invoice.number,
        is_credit_memo=invoice.is_credit_memo,
        customer_name=customer.name,
        balance=invoice.balance,
        due_date=invoice.due_date,
        contacts=tuple(customers.contacts(session, customer.id, "invoice")),
        link_is_out=payment_links.active_for(session, "invoice", number, desk.keyring.ids)
        is not None,
        no_link_reason=reason,
        earlier=_earlier(session, desk, number),
        preview_url=previews.url(desk, actor, number=number, with_link=not reason),
        typed_in=typed_in,
    )


def _earlier(session: Session, desk: Desk, number: str) -> Earlier | None:
    mails = deliveries.invoice_mails_since(session, number, desk.clock.now() - RECENT)
    return Earlier(mails[0].created_at, mails[0].created_by) if mails else None
