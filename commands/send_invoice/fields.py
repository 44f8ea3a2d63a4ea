"""The fields that every form for sending documents has, and their parser beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commands import view_parts as parts
from commands.errors import InvalidInput
from commands.rules import addresses
from commands.send_invoice.checks import MOST_MESSAGE, MOST_RECIPIENTS
from commands.view_parts import Block
from renderers.mrkdwn import escape
from storage.customers import Contact

Values = dict[str, dict[str, Any]]  # the state of a view: what stands in each block

_GROUP = 10  # check boxes that one element can hold
_MOST_CONTACTS = 50
_TICKABLE = 75  # characters of an option's text; longer addresses are typed into the field


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in; `recipients` are distinct and well formed."""

    recipients: tuple[str, ...]
    with_link: bool
    message: str
    copy_me: bool


def blocks(contacts: Sequence[Contact], no_link_reason: str) -> list[Block]:
    """Contacts, Email addresses, Payment Link, Message, Copy; the reason stands for the link."""
    return [
        *_refused(contacts),
        *_contact_boxes(contacts),
        _address_field(contacts),
        _link_block(no_link_reason),
        _message_field(),
        _copy_box(),
    ]


def parse(values: Values) -> Filled:
    """Raises `InvalidInput` with every bad address named, under the block it stands in."""
    typed = addresses.read(text(values, "addresses"))
    if typed.bad:
        raise InvalidInput({"addresses": typed.mistakes})
    groups = [block for block in values if block.startswith("contacts.")]
    chosen = [value for block in groups for value in ticked(values, block)]
    return Filled(
        recipients=tuple(addresses.distinct([*chosen, *typed.good])),
        with_link=bool(ticked(values, "link")),
        message=text(values, "message"),
        copy_me=bool(ticked(values, "copy")),
    )


def text(values: Values, name: str) -> str:
    """What was typed into a text box that is called as its block."""
    return str(values.get(name, {}).get(name, {}).get("value") or "")


def ticked(values: Values, block: str) -> list[str]:
    """The values ticked in a block of check boxes."""
    state: dict[str, Any] = next(iter(values.get(block, {}).values()), {})
    return [str(chosen["value"]) for chosen in state.get("selected_options") or []]


def _refused(contacts: Sequence[Contact]) -> list[Block]:
    """A warning for each address that its mail server refused before."""
    return [
        parts.context(
            f":warning: {escape(c.address)} was refused by its mail server: {escape(c.refused)}"
        )
        for c in contacts[:_MOST_CONTACTS]
        if c.refused
    ]


def _contact_boxes(contacts: Sequence[Contact]) -> list[Block]:
    shown = [c for c in contacts if len(c.address) <= _TICKABLE][:_MOST_CONTACTS]
    preset = {c.address for c in [c for c in shown if not c.refused][:MOST_RECIPIENTS]}
    groups = [shown[start : start + _GROUP] for start in range(0, len(shown), _GROUP)]
    return [_boxes(number, group, preset) for number, group in enumerate(groups)]


def _boxes(number: int, group: list[Contact], preset: set[str]) -> Block:
    options = [
        parts.option(c.address, c.address, f"refused: {c.refused}" if c.refused else "")
        for c in group
    ]
    initial = [made for made in options if made["value"] in preset]
    label = "Contacts on file" if number == 0 else "More contacts"
    return parts.field(
        f"contacts.{number}", label, parts.ticks("contacts", options, initial), optional=True
    )


def _address_field(contacts: Sequence[Contact]) -> Block:
    long = [c.address for c in contacts if len(c.address) > _TICKABLE]
    box = parts.text_box("addresses", most=3000, initial="\n".join(long))
    hint = "Separate several with commas, semicolons, spaces or new lines."
    return parts.field("addresses", "Email addresses", box, optional=bool(contacts), hint=hint)


def _link_block(no_link_reason: str) -> Block:
    if no_link_reason:
        said = f"*Payment Link*\nNot possible: {escape(no_link_reason)}"
        return parts.section(said, block_id="no_link")
    choice = parts.option("Payment Link", "link", "A button in the mail and in the PDF")
    box = parts.ticks("link", [choice], [choice])
    return parts.field("link", "Payment Link", box, optional=True)


def _message_field() -> Block:
    box = parts.text_box("message", most=MOST_MESSAGE)
    hint = "Stands at the top of the mail."
    return parts.field("message", "Message", box, optional=True, hint=hint)


def _copy_box() -> Block:
    box = parts.ticks("copy", [parts.option("Send me a copy", "copy")], [])
    return parts.field("copy", "Copy", box, optional=True)
