"""The form that sends one invoice, and its parser beside it."""

import json
from typing import Any

from commands import view_parts as parts
from commands.errors import InvalidInput
from commands.rules import addresses
from commands.send_invoice.checks import MOST_MESSAGE, MOST_RECIPIENTS
from commands.send_invoice.draft import Draft, Earlier
from commands.send_invoice.service import SendInvoice, Sent
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from storage.customers import Contact

SEND = "pay.send_invoice.submit"
PREVIEW = "pay.url.preview"

_GROUP = 10  # check boxes that one element can hold
_MOST_CONTACTS = 50
_TICKABLE = 75  # characters of an option's text; longer addresses are typed into the field


def form(draft: Draft) -> View:
    title = "Send credit memo" if draft.is_credit_memo else "Send invoice"
    blocks = [
        _facts(draft),
        *_warnings(draft),
        *_contact_boxes(draft),
        _address_field(draft),
        _link_block(draft),
        _message_field(),
        _copy_box(),
        parts.actions("preview", parts.button("Preview PDF", PREVIEW, url=draft.preview_url)),
    ]
    kept = {"draft": draft.id, "invoice": draft.invoice_number, "in": draft.typed_in}
    metadata = json.dumps(kept)
    return parts.form(title, blocks, callback_id=SEND, submit="Send", metadata=metadata)


def parse(view: View) -> SendInvoice:
    """Raises `InvalidInput` with every bad address named, under the block it stands in."""
    kept = json.loads(view["private_metadata"])
    values: dict[str, dict[str, Any]] = view["state"]["values"]
    typed = addresses.read(_text(values, "addresses"))
    if typed.bad:
        named = [f"{parts.clip(word, 60)}: {why}" for word, why in typed.bad]
        raise InvalidInput({"addresses": " ".join(named)})
    groups = [block for block in values if block.startswith("contacts.")]
    ticked = [value for block in groups for value in _ticked(values, block)]
    return SendInvoice(
        draft_id=kept["draft"],
        invoice_number=kept["invoice"],
        recipients=tuple(addresses.distinct([*ticked, *typed.good])),
        with_link=bool(_ticked(values, "link")),
        message=_text(values, "message"),
        copy_me=bool(_ticked(values, "copy")),
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
    said = [_mailed_before(draft.earlier)] if draft.earlier else []
    said += [
        f":warning: {escape(c.address)} was refused by its mail server: {escape(c.refused)}"
        for c in draft.contacts[:_MOST_CONTACTS]
        if c.refused
    ]
    return [parts.context(text) for text in said]


def _mailed_before(earlier: Earlier) -> str:
    by = "" if earlier.by.startswith("system") else f" by {mention(earlier.by)}"
    return (
        f":warning: This invoice was mailed within the last 24 hours{by}, {local_time(earlier.at)}."
    )


def _contact_boxes(draft: Draft) -> list[Block]:
    shown = [c for c in draft.contacts if len(c.address) <= _TICKABLE][:_MOST_CONTACTS]
    ticked = {c.address for c in [c for c in shown if not c.refused][:MOST_RECIPIENTS]}
    groups = [shown[start : start + _GROUP] for start in range(0, len(shown), _GROUP)]
    return [_boxes(number, group, ticked) for number, group in enumerate(groups)]


def _boxes(number: int, group: list[Contact], ticked: set[str]) -> Block:
    options = [
        parts.option(c.address, c.address, f"refused: {c.refused}" if c.refused else "")
        for c in group
    ]
    initial = [made for made in options if made["value"] in ticked]
    label = "Contacts on file" if number == 0 else "More contacts"
    return parts.field(
        f"contacts.{number}", label, parts.ticks("contacts", options, initial), optional=True
    )


def _address_field(draft: Draft) -> Block:
    long = [c.address for c in draft.contacts if len(c.address) > _TICKABLE]
    box = parts.text_box("addresses", most=3000, initial="\n".join(long))
    hint = "Separate several with commas, semicolons, spaces or new lines."
    return parts.field(
        "addresses", "Email addresses", box, optional=bool(draft.contacts), hint=hint
    )


def _link_block(draft: Draft) -> Block:
    if draft.no_link_reason:
        text = f"*Payment Link*\nNot possible: {escape(draft.no_link_reason)}"
        return parts.section(text, block_id="no_link")
    choice = parts.option("Payment Link", "link", "A button in the mail and in the PDF")
    box = parts.ticks("link", [choice], [choice])
    return parts.field("link", "Payment Link", box, optional=True)


def _message_field() -> Block:
    box = parts.text_box("message", most=MOST_MESSAGE)
    return parts.field("message", "Message", box, optional=True, hint="Stands above the invoice.")


def _copy_box() -> Block:
    box = parts.ticks("copy", [parts.option("Send me a copy", "copy")], [])
    return parts.field("copy", "Copy", box, optional=True)


def _text(values: dict[str, dict[str, Any]], name: str) -> str:
    return str(values.get(name, {}).get(name, {}).get("value") or "")


def _ticked(values: dict[str, dict[str, Any]], block: str) -> list[str]:
    """The values ticked in a block of check boxes."""
    state: dict[str, Any] = next(iter(values.get(block, {}).values()), {})
    return [str(chosen["value"]) for chosen in state.get("selected_options") or []]
