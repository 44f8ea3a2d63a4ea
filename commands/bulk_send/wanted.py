"""Whether a bulk mail may leave at this moment, and what it asks for."""

from sqlmodel import Session

from commands.bulk_send.looking import grown
from commands.take_payment import due
from commands.take_payment.due import OpenItem
from storage import bulk_sends, customers, payment_links
from storage.deliveries import Delivery
from storage.money import Money

LINK_OFF = "Its payment link was turned off."
NOTHING = "Everything on it is paid by now, or cannot be asked for any more."
_GONE = "The send that it belongs to is gone."


def why_not(session: Session, row: Delivery) -> str:
    """Why it is not to leave any more, for the report; "" when it may.

    What is open on its link is looked at, for a link asks for what its invoices owe by then.
    """
    link = payment_links.find(session, row.link_id or "")
    customer = customers.find(session, row.customer_id or "")
    if link is None or customer is None:
        return _GONE
    if not customer.payment_links_enabled:
        reason = f" ({customer.links_disabled_reason})" if customer.links_disabled_reason else ""
        return f"Payment links are disabled for {customer.name}{reason}."
    if link.state != "active":
        return LINK_OFF
    items = open_items(session, row)
    return _more_than_agreed(session, row, items) if items else NOTHING


def open_items(session: Session, row: Delivery) -> list[OpenItem]:
    """What its link asks for now, oldest due first."""
    link = payment_links.find(session, row.link_id or "")
    return [item for item in due.items(session, link) if item.payable] if link else []


def asks(session: Session, row: Delivery) -> int:
    """Minor units."""
    return sum(item.payable.minor for item in open_items(session, row))


def _more_than_agreed(session: Session, row: Delivery, items: list[OpenItem]) -> str:
    position = row.payload["position"]
    found = bulk_sends.invoices_of(session, row.payload["bulk_send"], [position])
    agreed = {a.invoice_number: a.balance for a, _ in found.get(position, [])}
    for item in items:
        number, now = item.invoice.number, item.payable
        if now.minor > agreed.get(number, 0):
            then = Money(agreed.get(number, 0), now.currency)
            return f"{number}: {grown(item.invoice, now.minor, then.minor)}"
    return ""
