"""The second step of a new order: what it comes to, and what is to happen with it."""

import json

from commands import on_its_way
from commands import view_parts as parts
from commands.orders import issue_modal, summary_blocks
from commands.orders.drafts import Review
from commands.orders.service import Issued, Saved
from commands.send_invoice import fields
from commands.send_invoice import modal as send_modal
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape

FINISH = "pay.order.finish"
CHOICE = "pay.order.choice"
SEND, SAVE = "send", "save"


def view(review: Review, choice: str) -> View:
    """`choice`: SEND shows the fields of a mail, SAVE does not."""
    sends = choice == SEND and review.may_send
    form = review.form
    blocks = [
        _facts(review),
        *summary_blocks.blocks(review.priced.lines, review.priced.currency),
        *([parts.context(f"Notes: {escape(form.notes, 1000)}")] if form.notes else []),
        *([_choice(SEND if sends else SAVE)] if review.may_send else []),
        *(fields.blocks(review.contacts, review.no_link_reason) if sends else []),
    ]
    submit = "Send" if sends else "Save"
    metadata = json.dumps({"draft": form.id})
    shown = parts.form("Review order", blocks, callback_id=FINISH, submit=submit, metadata=metadata)
    return shown | {"close": parts.plain("Back")}


def form_id(shown: View) -> str:
    return str(json.loads(shown["private_metadata"])["draft"])


def chosen(values: fields.Values) -> str:
    """What is to happen, of a submitted view; whoever may not send was not asked."""
    option = values.get("choice", {}).get(CHOICE, {}).get("selected_option")
    return str(option["value"]) if option else SAVE


def saved(done: Saved) -> View:
    number = escape(done.order_number)
    total = block_kit.money(done.total)
    text = f"Order *{number}* of {escape(done.customer_name)} over {total} is saved."
    later = f"Its invoice can be issued at any time: `/pay invoice {number}`"
    now = parts.button(issue_modal.TITLE, issue_modal.ISSUE_HERE, value=done.order_number)
    blocks = [parts.section(text), parts.actions("issue", now), parts.context(later)]
    return last(parts.modal("Order saved", blocks))


def issued(done: Issued) -> View:
    shown = on_its_way.view(done.sent, *send_modal.said(done.sent))
    order, invoice = escape(done.order_number), escape(done.sent.invoice_number)
    about = f"Order *{order}* has its invoice *{invoice}*, also if the mail is undone."
    return last(shown | {"blocks": [parts.section(about), *shown["blocks"]]})


def last(shown: View) -> View:
    """Closing it closes what lies beneath too: a form that has served."""
    return shown | {"clear_on_close": True}


def _facts(review: Review) -> Block:
    form = review.form
    told = [
        f"*Customer*\n{escape(review.customer_name)}",
        f"*Total*\n{block_kit.money(review.priced.total)}",
        f"*Due*\n{block_kit.day(review.due_date)}",
    ]
    told += [f"*Ship date*\n{block_kit.day(form.ship_date)}"] if form.ship_date else []
    told += [f"*PO*\n{escape(form.po_number)}"] if form.po_number else []
    return parts.facts(*told)


def _choice(value: str) -> Block:
    options = [
        parts.option("Issue the invoice and send it", SEND),
        parts.option("Save the order only", SAVE),
    ]
    initial = next(made for made in options if made["value"] == value)
    block = parts.field(
        "choice", "What is to happen?", parts.radio(CHOICE, options, initial), optional=False
    )
    return block | {"dispatch_action": True}
