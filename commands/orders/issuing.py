"""Whether the invoice of an order can be issued here, and if not, why."""

from collections.abc import Sequence

from sqlmodel import Session

from commands.access import Actor, Permission
from commands.desk import Desk
from commands.errors import Refused
from storage import invoices
from storage.invoices import Invoice
from storage.orders import Order

ENTRY_OFF = (
    "Orders are entered in the ERP here and come with the import, and so do their invoices."
    " Send one with /pay invoice once it has come."
)


def require_entry(desk: Desk) -> None:
    """Raises `Refused` where the company enters its orders in the ERP."""
    if not desk.policy.order_entry:
        raise Refused(ENTRY_OFF)


def why_no_issue(actor: Actor, desk: Desk, order: Order) -> str:
    """Why this person cannot issue the order's invoice now, as a sentence; "" when they can."""
    with desk.database.reading() as session:
        return why_not(actor, desk, order, invoices.of_order(session, order.number))


def require_issuable(session: Session, actor: Actor, desk: Desk, order: Order) -> None:
    """Raises `Refused` with the reason; holds as long as the order's customer is locked."""
    reason = why_not(actor, desk, order, invoices.of_order(session, order.number))
    if reason:
        raise Refused(reason)


def why_not(actor: Actor, desk: Desk, order: Order, issued: Sequence[Invoice]) -> str:
    """The same where the order's invoices are known already."""
    standing = [invoice.number for invoice in issued if invoice.lifecycle != "void"]
    if standing:
        return f"{order.number} has its invoice already: {', '.join(standing)}."
    for permission in (Permission.CREATE_ORDER, Permission.SEND_INVOICE):
        if not actor.may(permission):
            return f"You may not {permission.value}."
    if not desk.policy.order_entry:
        return ENTRY_OFF
    if not order.currency:
        return f"{order.number} came from the ERP without lines, so its invoice comes from there."
    return ""
