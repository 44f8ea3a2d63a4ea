"""The documents that are to be sent, as they are once their customer is locked."""

from dataclasses import dataclass

from sqlmodel import Session

from commands.errors import NotFound, Refused
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from storage import customers, disputes, invoices, orders
from storage.customers import Customer
from storage.invoices import Invoice
from storage.orders import Order


@dataclass(frozen=True, slots=True)
class Sendable:
    """The locked rows, and why there can be no link ("" when there can, or none is in question)."""

    invoice: Invoice | None
    customer: Customer
    no_link_reason: str


def locked(
    session: Session, invoice_number: str, order_number: str, account: AccountState
) -> Sendable:
    """At least one of the numbers is not "". Raises `NotFound` or `Refused`."""
    invoice = invoices.find(session, invoice_number) if invoice_number else None
    order = orders.find(session, order_number) if order_number else None
    _require_all(invoice, invoice_number, order, order_number)
    about = invoice or order
    customer = customers.lock(session, about.customer_id) if about else None
    if customer is None:
        raise NotFound("There is nothing to send.")
    if invoice is None:
        return Sendable(None, customer, "")
    session.refresh(invoice)
    if invoice.lifecycle == "void":
        raise Refused(f"{invoice.number} is void, so it cannot be sent.")
    disputed = disputes.is_open_for(session, invoice.number)
    reason = payment_link.why_no_link(customer, invoice, account, disputed=disputed)
    return Sendable(invoice, customer, reason)


def _require_all(
    invoice: Invoice | None, invoice_number: str, order: Order | None, order_number: str
) -> None:
    """Each that was named is there, and the two belong together: nobody gets a stranger's."""
    if invoice_number and invoice is None:
        raise NotFound(f"There is no invoice {invoice_number}.")
    if order_number and order is None:
        raise NotFound(f"There is no order {order_number}.")
    if invoice is None or order is None:
        return
    if (invoice.order_number, invoice.customer_id) != (order.number, order.customer_id):
        raise Refused(f"{invoice_number} is not the invoice of order {order_number}.")
