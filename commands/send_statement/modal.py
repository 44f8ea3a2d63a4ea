"""The form for a statement, its parser beside it, and the search for a customer before it."""

import json
from datetime import date
from typing import Any

from commands import customer_choice, freshness
from commands import view_parts as parts
from commands.send_invoice import fields
from commands.send_statement.draft import Asked, Draft
from commands.send_statement.order import SendStatement, SentStatement
from commands.view_parts import Block, Values, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time
from renderers.statement_values import TYPE_NAMES
from storage.customers import Customer
from storage.statements import StatementType

FORM = "statement"  # among the fields for a customer
CREATE = "pay.statement.create"  # the button of a row; its value is the customer's id
CREATE_LABEL = "Create / Send Statement"
SEND = "pay.statement.submit"
TYPE, END, CURRENCY = "pay.statement.type", "pay.statement.end", "pay.statement.currency"
PREVIEW = "pay.url.preview_statement"


def search(draft_id: str, typed_in: str, among: tuple[Customer, ...] = ()) -> View:
    """Before anybody was chosen."""
    block = customer_choice.block(FORM, among=among)
    shown = parts.modal(CREATE_LABEL, [block], close="Cancel")
    return shown | {"private_metadata": json.dumps({"draft": draft_id, "in": typed_in})}


def form(draft: Draft) -> View:
    blocks = [
        customer_choice.block(FORM, draft.customer),
        *customer_choice.currency(CURRENCY, draft.currencies, draft.currency),
        _type(draft.type),
        _end(draft),
        *_facts(draft),
        *fields.blocks(draft.contacts, draft.no_link_reason),
        parts.actions("preview", parts.button("Preview PDF", PREVIEW, url=draft.preview_url)),
        *freshness.blocks(draft.imported_at),
    ]
    kept = {"draft": draft.id, "in": draft.typed_in, "customer": draft.customer.id}
    metadata = json.dumps(kept | {"currency": draft.currency})
    return parts.form(CREATE_LABEL, blocks, callback_id=SEND, submit="Send", metadata=metadata)


def asked(view: View, *, customer_id: str = "") -> Asked:
    """What is to be shown after a field was changed; `customer_id`: somebody else was chosen."""
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    if customer_id:
        return Asked(kept["draft"], customer_id, kept["in"])
    currency = parts.chosen(values, "currency") or kept["currency"]
    return Asked(
        kept["draft"], kept["customer"], kept["in"], currency, _chosen_type(values), _day(values)
    )


def parse(view: View) -> SendStatement:
    """Raises `InvalidInput` with every bad address named, under the block it stands in."""
    chosen, filled = asked(view), fields.parse(view["state"]["values"])
    assert chosen.end is not None  # the field is not optional
    return SendStatement(
        draft_id=chosen.draft_id,
        customer_id=chosen.customer_id,
        currency=chosen.currency,
        type=chosen.type,
        period_end=chosen.end,
        recipients=filled.recipients,
        with_link=filled.with_link,
        message=filled.message,
        copy_me=filled.copy_me,
        typed_in=chosen.typed_in,
    )


def said(sent: SentStatement) -> tuple[str, str]:
    """What goes, and the same mailed before: for `commands.on_its_way`."""
    return f"The *{escape(sent.document)}* goes", "A statement was mailed already"


def _type(chosen: StatementType) -> Block:
    options = {name: parts.option(label, name) for name, label in TYPE_NAMES.items()}
    select = parts.select(TYPE, list(options.values()), chosen=options[chosen])
    block = parts.field("type", "Statement type", select, optional=False)
    return block | {"dispatch_action": True}


def _end(draft: Draft) -> Block:
    picker = parts.day_picker(END, draft.end)
    return parts.field("end", "End date", picker, optional=False) | {"dispatch_action": True}


def _facts(draft: Draft) -> list[Block]:
    start, end = block_kit.day(draft.period.start), block_kit.day(draft.period.end)
    pending = block_kit.money(draft.payable) if draft.payable else "nothing to pay"
    facts = parts.facts(
        f"*Period*\n{start} \N{EN DASH} {end}",
        f"*Closing balance*\n{block_kit.money(draft.closing)}",
        f"*Open invoices*\n{draft.open_items}",
        f"*Total pending balance*\n{pending}",
    )
    notes: list[str] = []
    if draft.is_too_late:
        notes.append(":warning: A statement cannot end in the future.")
    if draft.mailed_before is not None:
        when = local_time(draft.mailed_before)
        notes.append(f":warning: A statement was mailed within the last 24 hours, {when}.")
    return [facts, *(parts.context(note) for note in notes)]


def _chosen_type(values: Values) -> StatementType:
    chosen = parts.chosen(values, "type")
    return next((name for name in TYPE_NAMES if name == chosen), "open_items_unpaid")


def _day(values: Values) -> date | None:
    state: dict[str, Any] = parts.state(values, "end")
    picked = str(state.get("selected_date") or "")
    return date.fromisoformat(picked) if picked else None
