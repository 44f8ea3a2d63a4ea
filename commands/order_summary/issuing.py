"""Whether an order's invoice can be issued from the Order Summary: the one place that says so."""

from collections.abc import Sequence

from commands.access import Actor, Permission
from commands.desk import Desk
from storage.invoices import Invoice
from storage.orders import Order

NEW = "pay.order.new"
ISSUE = "pay.order.issue"  # its value is the order's number


def may_create(actor: Actor, desk: Desk) -> bool:  # noqa: ARG001 -- the company may turn it off
    return actor.may(Permission.CREATE_ORDER)


def why_not(actor: Actor, desk: Desk, order: Order, issued: Sequence[Invoice]) -> str:  # noqa: ARG001 -- as above
    """Why this person cannot issue the invoice of an order, as a sentence; "" when they can.

    `issued`: the order's invoices, which the caller knows already; void ones do not count.
    """
    if any(invoice.lifecycle != "void" for invoice in issued):
        return "It has its invoice already."
    if not actor.may(Permission.CREATE_ORDER):
        return f"You may not {Permission.CREATE_ORDER.value}."
    if not order.currency:
        return "It came from the ERP without lines, so its invoice comes from there."
    return ""
