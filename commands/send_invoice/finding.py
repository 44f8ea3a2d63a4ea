"""Find the invoice that somebody means, by what they typed or on a screen."""

import json
from collections.abc import Sequence

from sqlmodel import Session

from commands import view_parts as parts
from commands.desk import Desk
from commands.view_parts import Block, View
from renderers import block_kit
from storage import invoices, orders, search_terms
from storage.customers import Customer
from storage.invoices import Invoice
from storage.orders import Order

FIND = "pay.find_invoice"
MOST = 99  # options; one place is left for the hint
HINT = "…"

Found = list[tuple[Invoice, Customer]]


def meant(desk: Desk, typed: str) -> Found:
    """What `typed` stands for: a number, an order's number, or the beginnings of words."""
    with desk.database.reading() as session:
        return _exact(session, typed) or search_terms.find_invoices(session, typed, MOST)


def _exact(session: Session, typed: str) -> Found:
    number = typed.strip().lstrip("#")
    named = [invoices.find(session, spelled) for spelled in {number, number.upper()}]
    rows = [row for row in named if row] or invoices.of_order(session, number)
    if not rows:
        near = search_terms.find_invoices(session, number, MOST) if number.isdecimal() else []
        return [(i, c) for i, c in near if number in search_terms.document_terms(i.number, "")]
    return [(row, session.get_one(Customer, row.customer_id)) for row in rows]


def order_without_invoice(desk: Desk, typed: str) -> Order | None:
    """The order of exactly that number, unless an invoice is meant by it."""
    with desk.database.reading() as session:
        if _exact(session, typed):
            return None
        number = typed.strip().lstrip("#")
        return orders.find(session, number) or orders.find(session, number.upper())


def options(desk: Desk, typed: str) -> list[Block]:
    """At most a hundred, what is open first; the last one says when there are more."""
    if not search_terms.words(typed):
        return []
    with desk.database.reading() as session:
        found = search_terms.find_invoices(session, typed, MOST + 1)
    return offered(found)


def offered(found: Found) -> list[Block]:
    shown = [choice(invoice, customer) for invoice, customer in found[:MOST]]
    if len(found) > MOST:
        shown.append(parts.option("There are more: type another word or more digits", HINT))
    return shown


def choice(invoice: Invoice, customer: Customer) -> Block:
    rest = standing(invoice)
    room = 75 - len(invoice.number) - len(rest) - 6
    name = parts.clip(customer.name, max(room, 8))
    return parts.option(f"{invoice.number} · {name} · {rest}", invoice.number)


def standing(invoice: Invoice) -> str:
    """What is to be paid and when, or why nothing is."""
    balance = block_kit.money(invoice.balance)
    if invoice.is_credit_memo:
        return f"credit {balance}"
    if invoice.lifecycle != "issued" or not invoice.balance:
        return f"{invoice.status.replace('_', ' ')}"
    return f"{balance} due {block_kit.day(invoice.due_date)}"


def view(
    draft_id: str, typed_in: str, found: Found | None = None, notes: Sequence[Block] = ()
) -> View:
    """The search, or a choice among `found`, with `notes` below; choosing tells the bot at once."""
    select: Block = {"type": "external_select", "min_query_length": 2}
    if found:
        select = {"type": "static_select", "options": offered(found[:MOST])}
    words = "Choose" if found else "Number, PO or customer"
    select |= {"action_id": FIND, "placeholder": parts.plain(words)}
    block: Block = {
        "type": "section",
        "block_id": "find",
        "text": parts.mrkdwn("*Which invoice?*"),
        "accessory": select,
    }
    shown = parts.modal("Send invoice", [block, *notes], close="Cancel")
    metadata = json.dumps({"draft": draft_id, "in": typed_in})
    return shown | {"callback_id": FIND, "private_metadata": metadata}


def is_hint(value: str) -> bool:
    return value == HINT
