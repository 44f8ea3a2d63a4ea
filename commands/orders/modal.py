"""The form "New order", and its parser beside it."""

import json
from datetime import date

from commands import customer_choice
from commands import view_parts as parts
from commands.orders.form import MOST_NOTES, MOST_PO, OrderForm
from commands.rules.order_lines import EXAMPLE
from commands.send_invoice.fields import Values, text
from commands.view_parts import Block, View
from renderers.mrkdwn import escape
from storage.customers import Customer

FORM = "order"  # of the choice of a customer
NEW = "pay.order.new"  # a button's action
REVIEW = "pay.order.review"
TITLE = "New order"

_LINES_HINT = (
    "One line each: quantity x what @ price. +8.25% behind the price is the line's own tax;"
    " -1 x Discount @ 5 takes off."
)


def form(
    form_id: str, typed_in: str, ship_date: date, *, found: list[Customer], typed: str
) -> View:
    """`found`: the customers that `typed` after the command may mean; one alone is filled in."""
    chosen = found[0] if len(found) == 1 else None
    blocks = [
        *_unclear(found, typed),
        parts.field("customer", "Customer", customer_choice.select(FORM, chosen), optional=False),
        _lines(),
        _line("po", "PO", MOST_PO),
        _day_field("ship_date", "Ship date", ship_date),
        _line("tax_rate", "Tax %", 20, hint="For lines without their own, such as 8.25."),
        _day_field("due_date", "Due date", hint="Left empty: by the customer's terms."),
        _notes(),
    ]
    metadata = json.dumps({"draft": form_id, "in": typed_in})
    return parts.form(TITLE, blocks, callback_id=REVIEW, submit="Review", metadata=metadata)


def parse(view: View) -> OrderForm:
    """What stands in the fields, as it was typed; nothing is judged here."""
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    return OrderForm(
        id=kept["draft"],
        customer_id=_customer(values),
        lines=text(values, "lines"),
        ship_date=_day(values, "ship_date"),
        po_number=" ".join(text(values, "po").split()),
        tax_rate=text(values, "tax_rate"),
        due_date=_day(values, "due_date"),
        notes=text(values, "notes").strip(),
        typed_in=kept["in"],
    )


def _unclear(found: list[Customer], typed: str) -> list[Block]:
    """Said when what was typed after the command names nobody, or several."""
    if not typed or len(found) == 1:
        return []
    named = escape(typed)
    if not found:
        return [parts.context(f"No customer begins with {named!r}: search below.")]
    count = "Many" if len(found) > customer_choice.MOST else str(len(found))
    return [parts.context(f"{count} customers begin with {named!r}: choose one.")]


def _lines() -> Block:
    box = parts.text_box("lines", most=3000, placeholder=EXAMPLE)
    return parts.field("lines", "Lines", box, optional=False, hint=_LINES_HINT)


def _line(name: str, label: str, most: int, *, hint: str = "") -> Block:
    return parts.field(name, label, parts.line_box(name, most=most), optional=True, hint=hint)


def _day_field(name: str, label: str, initial: date | None = None, *, hint: str = "") -> Block:
    return parts.field(name, label, parts.day_picker(name, initial), optional=True, hint=hint)


def _notes() -> Block:
    box = parts.text_box("notes", most=MOST_NOTES)
    return parts.field("notes", "Notes", box, optional=True, hint="Stand on the invoice.")


def _customer(values: Values) -> str:
    found = values.get("customer", {}).get(customer_choice.FIND + FORM, {})
    value = str((found.get("selected_option") or {}).get("value", ""))
    return "" if customer_choice.is_hint(value) else value


def _day(values: Values, name: str) -> date | None:
    chosen = values.get(name, {}).get(name, {}).get("selected_date")
    return date.fromisoformat(chosen) if chosen else None
