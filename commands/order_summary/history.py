"""One order as it stands, with what was mailed about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.order_summary import standing
from commands.order_summary.standing import Standing
from commands.orders import issuing as order_issuing
from storage import customers, deliveries, orders
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.orders import Order, OrderLine

MOST_MAILS = 10


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail about the order, and to whom it went or is to go."""

    mail: Delivery
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """`mails` newest first, at most `MOST_MAILS`; `has_older`: there are more."""

    order: Order
    customer_name: str
    lines: tuple[OrderLine, ...]
    invoices: tuple[Standing, ...]
    why_no_issue: str
    mails: tuple[Mailed, ...]
    has_older: bool


def load(actor: Actor, desk: Desk, number: str) -> OrderHistory:
    """Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        order = orders.find(session, number)
        customer = customers.find(session, order.customer_id) if order else None
        if order is None or customer is None:
            raise NotFound(f"There is no order {number}.")
        own = standing.of_orders(session, {number: customer}).get(number, ())
        issued = [each.invoice for each in own]
        mails, has_older = _mails(session, number, issued)
        return OrderHistory(
            order=order,
            customer_name=customer.name,
            lines=tuple(orders.lines(session, number)),
            invoices=own,
            why_no_issue=order_issuing.why_not(actor, desk, order, issued),
            mails=mails,
            has_older=has_older,
        )


def invoice_to_send(actor: Actor, desk: Desk, number: str) -> str:
    """The number of the invoice that Email Docs means, "" for an order without one."""
    invoice = standing.to_send(load(actor, desk, number).invoices)
    return invoice.number if invoice else ""


def _mails(
    session: Session, number: str, issued: Sequence[Invoice]
) -> tuple[tuple[Mailed, ...], bool]:
    numbers = [invoice.number for invoice in issued]
    found = deliveries.mails_of_order(session, number, numbers, MOST_MAILS + 1)
    shown = found[:MOST_MAILS]
    addresses = deliveries.addresses_of(session, [mail.id for mail in shown if mail.id])
    mails = tuple(Mailed(mail, tuple(addresses.get(mail.id or 0, ()))) for mail in shown)
    return mails, len(found) > MOST_MAILS
