"""The form of a payment taken elsewhere, and its parser beside it."""

import json
from dataclasses import dataclass
from datetime import date

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
from commands.view_parts import Block, Values, View
from renderers import block_kit
from renderers.mrkdwn import escape
from storage.customers import Contact, Customer

FORM = "record"  # among the fields for a customer
REVIEW = "pay.record.review"
CURRENCY = "pay.record.currency"
TITLE = "Record a payment"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows; `ticked`: the invoice that was named when it was asked for."""

    id: str
    account: Account
    currency: str
    today: date
    contacts: tuple[Contact, ...] = ()
    ticked: str = ""
    currencies: tuple[str, ...] = ()


def search(form_id: str, among: tuple[Customer, ...] = ()) -> View:
    """Before anybody was chosen."""
    shown = parts.modal(TITLE, [customer_choice.block(FORM, among=among)], close="Cancel")
    return shown | {"private_metadata": json.dumps({"id": form_id})}


def form(shown: Shown) -> View:
    blocks = [
        customer_choice.block(FORM, shown.account.customer),
        *customer_choice.currency(CURRENCY, shown.currencies, shown.currency),
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
    return PaymentForm(
        id=kept["id"],
        customer_id=kept["customer"],
        currency=kept["currency"],
        method=parts.chosen(values, "method"),
        cheque_number=parts.typed(values, "cheque_number"),
        amount=parts.typed(values, "amount"),
        received_on=str(parts.state(values, "received_on").get("selected_date") or ""),
        reference=parts.typed(values, "reference"),
        chosen=invoice_boxes.chosen(values),
        email_receipt=parts.is_ticked(values, "receipt"),
    )


def is_another(values: Values) -> bool:
    """Whether it was ticked that this is no payment recorded before."""
    return parts.is_ticked(values, "duplicate")


def _standing(shown: Shown) -> str:
    owed, credit = shown.account.owed(shown.currency), shown.account.credit(shown.currency)
    invoices = len(shown.account.items)
    text = f"Open: {block_kit.money(owed)} on {invoices} invoice{'' if invoices == 1 else 's'}"
    return text + (f", and {block_kit.money(credit)} to their credit" if credit else "")


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
    scope = f"{shown.currency}.{shown.account.customer.id}"[:200]
    ticked = {shown.ticked} - {""}
    hint = "Whatever finds no invoice is kept as unapplied credit; the next step shows it."
    return invoice_boxes.how(Boxes(shown.account.items, ticked, scope), hint=hint)


def _receipt(shown: Shown) -> list[Block]:
    addresses = [c.address for c in shown.contacts if not c.refused]
    if not addresses:
        name = escape(shown.account.customer.name)
        return [parts.context(f"No receipt by e-mail: {name} has no address on file.")]
    to = parts.clip(", ".join(addresses), 70)
    tick = parts.option("Email receipt", "receipt", to)
    box = parts.ticks("receipt", [tick], [tick])
    return [parts.field("receipt", "Receipt", box, optional=True)]
