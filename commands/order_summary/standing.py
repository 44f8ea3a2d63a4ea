"""How the invoices of some orders stand, asked for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from storage import checkouts, invoices, payment_links
from storage.customers import Customer
from storage.invoices import Invoice

LinkWord = Literal["none", "active", "paid", "off", "processing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An invoice of an order, and the state of the links that lead to it."""

    invoice: Invoice
    link: LinkWord


def of_orders(session: Session, owners: dict[str, Customer]) -> dict[str, tuple[Standing, ...]]:
    """The invoices of each order, newest first; `owners`: the customers by order number."""
    found = invoices.of_orders(session, list(owners))
    numbers = [invoice.number for invoice in found]
    states = payment_links.states_by_invoice(session, numbers)
    pending = checkouts.pending(session, numbers)
    standings: dict[str, list[Standing]] = {}
    for invoice in found:
        usable = owners[invoice.order_number].has_usable_links
        known = states.get(invoice.number, set())
        link = _link(invoice, known, is_pending=invoice.number in pending, is_usable=usable)
        standings.setdefault(invoice.order_number, []).append(Standing(invoice, link))
    return {order: tuple(own) for order, own in standings.items()}


def to_send(standings: Sequence[Standing]) -> Invoice | None:
    """The invoice that Email Docs means: the newest that is one and not void."""
    usable = (
        each.invoice
        for each in standings
        if each.invoice.lifecycle != "void" and not each.invoice.is_credit_memo
    )
    return next(usable, None)


def _link(invoice: Invoice, states: set[str], *, is_pending: bool, is_usable: bool) -> LinkWord:
    if not states:
        return "none"
    if is_pending:
        return "processing"
    if "active" not in states or not is_usable:
        return "off"
    return "paid" if invoice.status == "paid" else "active"
