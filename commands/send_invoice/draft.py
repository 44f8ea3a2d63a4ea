"""What the send form shows, read from the ledger as it is now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from commands import freshness, outbox, previews
from commands.access import Actor
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.payment_link import service as payment_link
from commands.payment_link.service import LinkStatus
from commands.ports import AccountState
from storage import customers, deliveries, disputes, invoices, orders, payment_links
from storage.customers import Contact, Customer
from storage.invoices import Invoice
from storage.money import Money
from storage.orders import Order

NO_INVOICE = "The link belongs to the invoice, and the order has none yet."


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail with the same document within the last 24 hours."""

    at: datetime
    by: str
    document: str = "invoice"


@dataclass(frozen=True, slots=True)
class DraftInvoice:
    number: str
    is_credit_memo: bool
    balance: Money
    due_date: date
    link_state: LinkStatus | None  # of its own latest link; None: it never had one
    preview_url: str


@dataclass(frozen=True, slots=True)
class DraftOrder:
    number: str
    order_date: date
    preview_url: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One form to be filled in; `no_link_reason` is empty when a link is possible.

    With an `order` it asks which documents are to go; there is one of the two at least.
    """

    id: str
    invoice: DraftInvoice | None
    order: DraftOrder | None
    customer_name: str
    contacts: tuple[Contact, ...]
    no_link_reason: str
    earlier: tuple[Earlier, ...]
    typed_in: str
    imported_at: datetime | None = None  # how fresh all of this is


@dataclass(frozen=True, slots=True)
class Asked:
    """Which form is to be opened; `number` is the invoice's, "" for an order without one."""

    number: str
    draft_id: str
    typed_in: str
    order_number: str = ""  # "": only the invoice can be sent


def load(actor: Actor, desk: Desk, *, asked: Asked) -> Draft:
    """Raises `NotFound` or `Refused` when there is nothing that can be sent."""
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        invoice, order, customer = _sendable(session, asked)
        reason = _why_no_link(session, customer, invoice, account)
        return Draft(
            id=asked.draft_id,
            invoice=_invoice(session, actor, desk, invoice, reason) if invoice else None,
            order=_order(actor, desk, order) if order else None,
            customer_name=customer.name,
            contacts=tuple(customers.contacts(session, customer.id, "invoice")),
            no_link_reason=reason,
            earlier=_earlier(session, desk, asked),
            typed_in=asked.typed_in,
            imported_at=freshness.imported_at(session),
        )


def _sendable(session: Session, asked: Asked) -> tuple[Invoice | None, Order | None, Customer]:
    invoice = invoices.find(session, asked.number) if asked.number else None
    order = orders.find(session, asked.order_number) if asked.order_number else None
    if asked.number and invoice is None:
        raise NotFound(f"There is no invoice {asked.number}.")
    about = invoice or order
    customer = customers.find(session, about.customer_id) if about else None
    if customer is None:
        raise NotFound(f"There is no order {asked.order_number}.")
    if invoice is not None and invoice.lifecycle == "void":
        raise Refused(f"{invoice.number} is void, so it cannot be sent.")
    return invoice, order, customer


def _why_no_link(
    session: Session, customer: Customer, invoice: Invoice | None, account: AccountState
) -> str:
    if invoice is None:
        return NO_INVOICE
    disputed = disputes.is_open_for(session, invoice.number)
    return payment_link.why_no_link(customer, invoice, account, disputed=disputed)


def _invoice(
    session: Session, actor: Actor, desk: Desk, invoice: Invoice, no_link_reason: str
) -> DraftInvoice:
    number = invoice.number
    link = payment_links.latest_of_invoice(session, number)
    return DraftInvoice(
        number=number,
        is_credit_memo=invoice.is_credit_memo,
        balance=invoice.balance,
        due_date=invoice.due_date,
        link_state=payment_link.status(link, [invoice]) if link else None,
        preview_url=previews.url(desk, actor, number=number, with_link=not no_link_reason),
    )


def _order(actor: Actor, desk: Desk, order: Order) -> DraftOrder:
    preview = previews.order_url(desk, actor, number=order.number)
    return DraftOrder(order.number, order.order_date, preview)


def _earlier(session: Session, desk: Desk, asked: Asked) -> tuple[Earlier, ...]:
    """The latest mail of each document."""
    since = desk.clock.now() - outbox.RECENT
    mails = {
        "invoice": deliveries.invoice_mails_since(session, asked.number, since),
        "order confirmation": deliveries.confirmations_since(session, asked.order_number, since),
    }
    latest = {document: found[0] for document, found in mails.items() if found}
    return tuple(Earlier(m.created_at, m.created_by, document) for document, m in latest.items())
