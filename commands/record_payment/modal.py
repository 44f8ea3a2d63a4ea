"""The form of a payment taken elsewhere, and its parser beside it."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from commands import customer_choice, invoice_boxes
from commands import view_parts as parts
from commands.invoice_boxes import Boxes
from commands.open_items import Account
from commands.record_payment.form import (
    METHODS,
    MOST_AMOUNT,
    MOST_CHEQUE,
    MOST_REFERENCE,
    PaymentForm,
)
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape
from storage.customers import Contact, Customer

FORM = "record"  # among the fields for a customer
REVIEW = "pay.record.review"
CURRENCY = "pay.record.currency"
TITLE = "Record a payment"
_OLDEST_FIRST, _TICKED = "oldest", "ticked"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows; `ticked`: the invoice that was named when it was asked for."""

    id: str
    account: Account
    currency: str
    today: date
    contacts: tuple[Contact, ...] = ()
    ticked: str = ""
    currencies: tuple[str, ...] = field(default=())


def search(form_id: str, among: tuple[Customer, ...] = ()) -> View:
    """Before anybody was chosen."""
    shown = parts.modal(TITLE, [customer_choice.block(FORM, among=among)], close="Cancel")
    return shown | {"private_metadata": json.dumps({"id": form_id})}


def form(shown: Shown) -> View:
    blocks = [
        customer_choice.block(FORM, shown.account.customer),
        *_currency(shown),
        parts.context(_standing(shown)),
        *_money_fields(shown),
        *_allocation(shown),
        *_receipt(shown),
    ]
    kept = {"id": shown.id, "customer": shown.account.customer.id, "currency": shown.currency}
    metadata = json.dumps(kept | {"ticked": shown.ticked})
    return parts.form(TITLE, blocks, callback_id=REVIEW, submit="Review", metadata=metadata)


def parse(view: View) -> PaymentForm:
    kept = json.loads(view["private_metadata"])
    values = view["state"]["values"]
    by_age = _choice(values, "how") != _TICKED
    return PaymentForm(
        id=kept["id"],
        customer_id=kept["customer"],
        currency=kept["currency"],
        method=_choice(values, "method"),
        cheque_number=_text(values, "cheque_number"),
        amount=_text(values, "amount"),
        received_on=str(_state(values, "received_on").get("selected_date") or ""),
        reference=_text(values, "reference"),
        chosen=None if by_age else invoice_boxes.ticked(values),
        email_receipt=bool(_state(values, "receipt").get("selected_options")),
    )


def is_another(values: dict[str, Any]) -> bool:
    """Whether it was ticked that this is no payment recorded before."""
    return bool(_state(values, "duplicate").get("selected_options"))


def _standing(shown: Shown) -> str:
    owed, credit = shown.account.owed(shown.currency), shown.account.credit(shown.currency)
    invoices = len(shown.account.items)
    text = f"Open: {block_kit.money(owed)} on {invoices} invoice{'' if invoices == 1 else 's'}"
    return text + (f", and {block_kit.money(credit)} to their credit" if credit else "")


def _currency(shown: Shown) -> list[Block]:
    """Only where there is something to choose."""
    if len(shown.currencies) <= 1:
        return []
    options = [parts.option(code, code) for code in shown.currencies]
    chosen = next(made for made in options if made["value"] == shown.currency)
    select: Block = {"type": "static_select", "action_id": CURRENCY, "options": options}
    block = parts.section("*Currency of the payment*", block_id="currency")
    return [block | {"accessory": select | {"initial_option": chosen}}]


def _money_fields(shown: Shown) -> list[Block]:
    methods = [parts.option(name, value) for value, name in METHODS.items()]
    method: Block = {"type": "static_select", "action_id": "method", "options": methods}
    return [
        parts.field("method", "Method", method, optional=False),
        parts.field(
            "cheque_number",
            "Cheque number",
            parts.line_box("cheque_number", most=MOST_CHEQUE),
            optional=True,
        ),
        parts.field(
            "amount",
            f"Amount in {shown.currency}",
            parts.line_box("amount", most=MOST_AMOUNT, placeholder="1250.00"),
            optional=False,
        ),
        parts.field(
            "received_on",
            "Received on",
            parts.day_picker("received_on", shown.today),
            optional=False,
        ),
        parts.field(
            "reference",
            "Reference",
            parts.line_box("reference", most=MOST_REFERENCE),
            optional=True,
            hint="As on the bank statement or the remittance slip.",
        ),
    ]


def _allocation(shown: Shown) -> list[Block]:
    if not shown.account.items:
        nothing = f"Nothing is open in {shown.currency}: the payment is kept as unapplied credit."
        return [parts.context(nothing)]
    by_age = parts.option("Oldest first", _OLDEST_FIRST, "What was due first is paid first")
    chosen = parts.option("The invoices ticked below", _TICKED, "In the order of their due dates")
    radio = parts.radio("how", [by_age, chosen], chosen if shown.ticked else by_age)
    scope = f"{shown.currency}.{shown.account.customer.id}"[:200]
    boxes = Boxes(shown.account.items, {shown.ticked}, scope)
    hint = "Whatever finds no invoice is kept as unapplied credit; the next step shows it."
    how = parts.field("how", "Put it on", radio, optional=False, hint=hint)
    return [how, *invoice_boxes.blocks(boxes)]


def _receipt(shown: Shown) -> list[Block]:
    addresses = [c.address for c in shown.contacts if not c.refused]
    if not addresses:
        name = escape(shown.account.customer.name)
        return [parts.context(f"No receipt by e-mail: {name} has no address on file.")]
    to = parts.clip(", ".join(addresses), 70)
    tick = parts.option("Email receipt", "receipt", to)
    box = parts.ticks("receipt", [tick], [tick])
    return [parts.field("receipt", "Receipt", box, optional=True)]


def _state(values: dict[str, Any], block: str) -> dict[str, Any]:
    state: dict[str, Any] = next(iter(values.get(block, {}).values()), {})
    return state


def _text(values: dict[str, Any], block: str) -> str:
    return str(_state(values, block).get("value") or "")


def _choice(values: dict[str, Any], block: str) -> str:
    return str((_state(values, block).get("selected_option") or {}).get("value", ""))
