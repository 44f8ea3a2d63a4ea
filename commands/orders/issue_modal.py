"""The form that issues and sends the invoice of an order that is stored, and its parser."""

import json
from dataclasses import dataclass
from datetime import date

from commands import view_parts as parts
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.orders import issuing, summary_blocks
from commands.orders.form import due_date
from commands.orders.service import Sending
from commands.payment_link import service as payment_link
from commands.send_invoice import fields
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape
from storage import customers, orders
from storage.customers import Contact, Customer
from storage.orders import Order, OrderLine

ISSUE = "pay.order.issue"  # the button's action; its value is the order's number
ISSUE_HERE = "pay.order.issue.here"  # the same, in place of the view that has the button
SUBMIT = "pay.order.issue.submit"
TITLE = "Issue invoice and send"


@dataclass(frozen=True, slots=True)
class Issuable:
    """An order whose invoice can be issued, with what its form shows."""

    order: Order
    customer: Customer
    lines: tuple[OrderLine, ...]
    due_date: date
    contacts: tuple[Contact, ...]
    no_link_reason: str


def load(actor: Actor, desk: Desk, *, number: str) -> Issuable:
    """Raises `NotFound`, or `Refused` with the reason why its invoice cannot be issued here."""
    require(actor, Permission.SEE_INVOICES)
    account = desk.gateway.account.state()
    today = desk.policy.today(desk.clock.now())
    with desk.database.reading() as session:
        order = orders.find(session, number)
        customer = customers.find(session, order.customer_id) if order else None
        if order is None or customer is None:
            raise NotFound(f"There is no order {number}.")
        issuing.require_issuable(session, actor, desk, order)
        return Issuable(
            order=order,
            customer=customer,
            lines=tuple(orders.lines(session, number)),
            due_date=due_date(order.due_date, customer, today),
            contacts=tuple(customers.contacts(session, customer.id, "invoice")),
            no_link_reason=payment_link.why_no_new_link(customer, account),
        )


def view(issuable: Issuable, *, draft_id: str, typed_in: str) -> View:
    order = issuable.order
    blocks = [
        _facts(issuable),
        *summary_blocks.blocks(issuable.lines, order.currency),
        *fields.blocks(issuable.contacts, issuable.no_link_reason),
    ]
    metadata = json.dumps({"draft": draft_id, "order": order.number, "in": typed_in})
    return parts.form(TITLE, blocks, callback_id=SUBMIT, submit="Send", metadata=metadata)


def parse(shown: View) -> tuple[str, Sending]:
    """The order's number, and how its invoice is to go out. Raises `InvalidInput` by field."""
    kept = json.loads(shown["private_metadata"])
    filled = fields.parse(shown["state"]["values"])
    return kept["order"], Sending(kept["draft"], filled, kept["in"])


def _facts(issuable: Issuable) -> Block:
    order = issuable.order
    told = [
        f"*Order*\n{escape(order.number)}",
        f"*Customer*\n{escape(issuable.customer.name)}",
        f"*Due*\n{block_kit.day(issuable.due_date)}",
    ]
    told += [f"*PO*\n{escape(order.po_number)}"] if order.po_number else []
    return parts.facts(*told)
