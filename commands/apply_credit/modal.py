"""The forms that put credit on invoices and take it off, and their parsers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from commands import customer_choice, invoice_boxes
from commands import view_parts as parts
from commands.apply_credit import effect as effects
from commands.apply_credit.effect import CreditForm, Effect
from commands.invoice_boxes import Boxes
from commands.open_items import Account
from commands.record_payment.review_modal import line_blocks
from commands.take_payment.credit import PAYMENT
from commands.view_parts import Block, Values, View
from renderers import block_kit
from renderers.mrkdwn import escape
from storage.credits import Applied
from storage.customers import Customer
from storage.invoices import Invoice
from storage.money import Money
from storage.payments import Payment

FORM = "credit"  # among the fields for a customer
REVIEW = "pay.credit.review"
SUBMIT = "pay.credit.submit"
CURRENCY = "pay.credit.currency"
APPLIED = "pay.credit.applied"
TAKE_OFF = "pay.credit.take_off"
_TITLE = "Apply credit"
_GROUP, _MOST = 10, 50  # check boxes in one element; in all
_LONGEST_VALUE = 150
_NAMED = 5  # invoices that reserve credit
_MOST_MOVES = 200  # shown


@dataclass(frozen=True, slots=True)
class Shown:
    """`account` is of one currency; `payment_id`: only this credit is ticked at first."""

    id: str
    account: Account
    currency: str
    currencies: tuple[str, ...]
    payment_id: str = ""
    ticked: str = ""


def search(form_id: str, among: tuple[Customer, ...] = (), payment_id: str = "") -> View:
    """Before anybody was chosen."""
    shown = parts.modal(_TITLE, [customer_choice.block(FORM, among=among)], close="Cancel")
    return shown | {"private_metadata": json.dumps({"id": form_id, "payment": payment_id})}


def form(shown: Shown) -> View:
    customer = shown.account.customer
    blocks = [
        customer_choice.block(FORM, customer),
        *customer_choice.currency(CURRENCY, shown.currencies, shown.currency),
        parts.context(_standing(shown)),
    ]
    kept = {"id": shown.id, "customer": customer.id, "currency": shown.currency}
    metadata = json.dumps(kept | {"payment": shown.payment_id, "ticked": shown.ticked})
    take_off = parts.button("Take a credit off…", APPLIED, value=customer.id)
    last = parts.actions("applied", take_off)
    if not (shown.account.items and effects.amounts(shown.account)):
        view = parts.modal(_TITLE, [*blocks, parts.section(_why_not(shown)), last])
        return view | {"private_metadata": metadata}
    blocks += [*_sources(shown), *_targets(shown), last]
    return parts.form(_TITLE, blocks, callback_id=REVIEW, submit="Review", metadata=metadata)


def parse(view: View) -> CreditForm:
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    return CreditForm(
        id=kept["id"],
        customer_id=kept["customer"],
        currency=kept["currency"],
        sources=_ticked(values, "sources."),
        chosen=invoice_boxes.chosen(values),
        payment_id=kept["payment"],
    )


def review(form_: CreditForm, effect: Effect, *, changed: bool = False) -> View:
    """`changed`: the balances moved after it was shown, so it is shown again."""
    again = [parts.section(":warning: The balances changed meanwhile. This is how it is now:")]
    left = f"{block_kit.money(effect.left)} of the chosen credit stays open."
    blocks = [
        *(again if changed else []),
        *line_blocks(effect.lines),
        *_moves(effect),
        parts.context(left if effect.left else "The chosen credit is used up."),
    ]
    metadata = json.dumps({"id": form_.id})
    view = parts.form(
        "Review the credit", blocks, callback_id=SUBMIT, submit="Apply", metadata=metadata
    )
    return view | {"close": parts.plain("Back")}


def applied(customer_id: str, rows: Sequence[Applied]) -> View:
    """What can be taken off again."""
    options = [(_value(row), _label(row)) for row in rows]
    known = [parts.option(text, value) for value, text in options if len(value) <= _LONGEST_VALUE]
    if not known:
        return parts.notice("Take a credit off", "No credit lies on an invoice.")
    blocks = _boxes("applied.", "On these invoices", known, ())
    blocks.append(parts.context("It is open credit again, and the invoices are due again."))
    metadata = json.dumps({"customer": customer_id})
    return parts.form(
        "Take a credit off", blocks, callback_id=TAKE_OFF, submit="Take off", metadata=metadata
    )


def parse_applied(view: View) -> tuple[str, list[tuple[str, str, str]]]:
    """The customer's id, and kind, source and invoice of what was ticked."""
    ticked = _ticked(view["state"]["values"], "applied.")
    chosen = [tuple(json.loads(value)) for value in ticked]
    return json.loads(view["private_metadata"])["customer"], chosen


def done(text: str) -> View:
    """`text` is mrkdwn."""
    shown = parts.notice(_TITLE, f":white_check_mark: {text}")
    return shown | {"clear_on_close": True}


def _standing(shown: Shown) -> str:
    owed, credit = shown.account.owed(shown.currency), shown.account.credit(shown.currency)
    said = f"Owes {block_kit.money(owed)}, has {block_kit.money(credit)} to their credit"
    reserved = _reserved(shown, credit)
    return f"{said}. {reserved}" if reserved else said


def _reserved(shown: Shown, credit: Money) -> str:
    """What bank debits under way are going to use of it, and why; "" when nothing is."""
    waiting = [item for item in shown.account.items if item.promised]
    if not (waiting and credit):
        return ""
    promised = Money(min(sum(item.promised for item in waiting), credit.minor), shown.currency)
    named = [escape(item.invoice.number, 60) for item in waiting[:_NAMED]]
    more = len(waiting) - len(named)
    numbers = ", ".join(named) + (f" and {more} more" if more else "")
    return (
        f"{block_kit.money(promised)} of it is reserved: the customer chose to use it with the"
        f" bank debit under way for {numbers}, and it goes there when that comes."
    )


def _why_not(shown: Shown) -> str:
    name = escape(shown.account.customer.name)
    if not effects.amounts(shown.account):
        return f"{name} has no open credit in {shown.currency}."
    return f"{name} owes nothing in {shown.currency}: the credit waits for the next invoice."


def _sources(shown: Shown) -> list[Block]:
    account, left = shown.account, effects.amounts(shown.account)
    rows: list[Invoice | Payment] = [*account.memos, *account.unapplied]
    known = ((row, left.get(effects.key_of(row), 0)) for row in rows)
    options = [_source(row, amount) for row, amount in known if amount]
    only = PAYMENT + shown.payment_id
    ticked = [only] if shown.payment_id else [one["value"] for one in options]
    scope = f"{shown.currency}.{account.customer.id}"[:200]
    return _boxes("sources.", "Credit to use", options, ticked, scope)


def _source(row: Invoice | Payment, left: int) -> Block:
    amount = block_kit.money(Money(left, row.currency))
    if isinstance(row, Invoice):
        text, on = f"{row.number} · {amount}", f"Credit memo of {block_kit.day(row.issue_date)}"
    else:
        how = row.method_detail or row.method
        text, on = f"{row.id} · {amount}", f"{how}, {block_kit.day(row.received_on)}"
    return parts.option(text, effects.key_of(row), on)


def _targets(shown: Shown) -> list[Block]:
    scope = f"{shown.currency}.{shown.account.customer.id}"[:200]
    ticked = {shown.ticked} - {""}
    hint = "The next step shows exactly what goes where."
    return invoice_boxes.how(Boxes(shown.account.items, ticked, scope), hint=hint)


def _moves(effect: Effect) -> list[Block]:
    shown = [
        f"• {escape(move.source.partition(':')[2], 60)}:"
        f" {block_kit.money(Money(move.amount, effect.currency))} on {escape(move.number, 60)}"
        for move in effect.moves
    ]
    more = len(shown) - _MOST_MOVES
    shown = shown[:_MOST_MOVES] + ([f"and {more} more"] if more > 0 else [])
    starts = range(0, len(shown), _GROUP)
    return [parts.section("\n".join(shown[start : start + _GROUP])) for start in starts]


def _boxes(
    name: str, label: str, options: list[Block], ticked: Sequence[str], scope: str = ""
) -> list[Block]:
    groups = [options[start : start + _GROUP] for start in range(0, len(options[:_MOST]), _GROUP)]
    return [
        parts.field(
            f"{name}{number}{'.' if scope else ''}{scope}",
            label if number == 0 else f"{label} (more)",
            parts.ticks("ticked", group, [one for one in group if one["value"] in ticked]),
            optional=True,
        )
        for number, group in enumerate(groups)
    ]


def _ticked(values: Values, name: str) -> tuple[str, ...]:
    found: list[str] = []
    for block in values:
        if block.startswith(name):
            options = parts.state(values, block).get("selected_options") or []
            found += [str(option["value"]) for option in options]
    return tuple(found)


def _value(row: Applied) -> str:
    return json.dumps([row.kind, row.source, row.invoice_number], separators=(",", ":"))


def _label(row: Applied) -> str:
    amount = block_kit.money(Money(row.amount, row.currency))
    return f"{row.source} on {row.invoice_number} · {amount}"
