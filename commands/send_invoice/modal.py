"""The form that sends one invoice, and its parser beside it."""

import json

from commands import freshness
from commands import view_parts as parts
from commands.send_invoice import fields
from commands.send_invoice.draft import Draft, Earlier
from commands.send_invoice.service import SendInvoice, Sent
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention

SEND = "pay.send_invoice.submit"
PREVIEW = "pay.url.preview"


def form(draft: Draft) -> View:
    title = "Send credit memo" if draft.is_credit_memo else "Send invoice"
    blocks = [
        _facts(draft),
        *_warnings(draft),
        *fields.blocks(draft.contacts, draft.no_link_reason),
        parts.actions("preview", parts.button("Preview PDF", PREVIEW, url=draft.preview_url)),
        *freshness.blocks(draft.imported_at),
    ]
    kept = {"draft": draft.id, "invoice": draft.invoice_number, "in": draft.typed_in}
    metadata = json.dumps(kept)
    return parts.form(title, blocks, callback_id=SEND, submit="Send", metadata=metadata)


def parse(view: View) -> SendInvoice:
    """Raises `InvalidInput` with every bad address named, under the block it stands in."""
    kept = json.loads(view["private_metadata"])
    filled = fields.parse(view["state"]["values"])
    return SendInvoice(
        draft_id=kept["draft"],
        invoice_number=kept["invoice"],
        recipients=filled.recipients,
        with_link=filled.with_link,
        message=filled.message,
        copy_me=filled.copy_me,
        typed_in=kept["in"],
    )


def confirmation(sent: Sent) -> View:
    """Shown instead of the form when there is something to point out."""
    number = escape(sent.invoice_number)
    blocks = [parts.section(f"*{number}* goes to {escape(', '.join(sent.recipients), 2000)}.")]
    if sent.new_addresses:
        new = escape(", ".join(sent.new_addresses), 2000)
        customer = escape(sent.customer_name)
        blocks.append(parts.section(f":warning: Not on file for {customer}: {new}"))
    if sent.mailed_before is not None:
        when = local_time(sent.mailed_before)
        blocks.append(parts.section(f":warning: {number} was mailed already {when}."))
    if sent.no_link_reason and not sent.has_link:
        blocks.append(parts.section(f"Without a Payment Link: {escape(sent.no_link_reason)}"))
    undo = "*Undo* is on the card in your direct messages with this app until it leaves."
    return parts.modal("Invoice on its way", [*blocks, parts.context(undo)])


def _facts(draft: Draft) -> Block:
    link = "active" if draft.link_is_out else "none yet"
    balance = block_kit.money(draft.balance)
    return parts.facts(
        f"*{'Credit memo' if draft.is_credit_memo else 'Invoice'}*\n{escape(draft.invoice_number)}",
        f"*Customer*\n{escape(draft.customer_name)}",
        f"*Balance*\n{balance}",
        f"*Due*\n{block_kit.day(draft.due_date)}",
        f"*Link state*\n{link}",
    )


def _warnings(draft: Draft) -> list[Block]:
    return [parts.context(_mailed_before(draft.earlier))] if draft.earlier else []


def _mailed_before(earlier: Earlier) -> str:
    by = "" if earlier.by.startswith("system") else f" by {mention(earlier.by)}"
    return (
        f":warning: This invoice was mailed within the last 24 hours{by}, {local_time(earlier.at)}."
    )
