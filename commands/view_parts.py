"""Block Kit pieces that the modals are put together from, cut to Slack's limits."""

from datetime import date
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]

_OPTION_TEXT = 75
_TITLE = 24
_SECTION = 3000
_FIELD = 2000


def clip(text: str, most: int) -> str:
    """One line of at most `most` characters; what is cut ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def plain(text: str, most: int = _OPTION_TEXT) -> Block:
    return {"type": "plain_text", "text": clip(text, most), "emoji": False}


def mrkdwn(text: str, most: int = _SECTION) -> Block:
    """`text` is mrkdwn already: whatever came from outside in it has to be escaped."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return {"type": "mrkdwn", "text": cut, "verbatim": True}  # no links made of what looks so


def option(text: str, value: str, description: str = "") -> Block:
    made: Block = {"text": plain(text), "value": value}
    return made | ({"description": plain(description)} if description else {})


def section(text: str, *, block_id: str = "") -> Block:
    made: Block = {"type": "section", "text": mrkdwn(text)}
    return made | ({"block_id": block_id} if block_id else {})


def facts(*fields: str) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(text, _FIELD) for text in fields]}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def actions(block_id: str, *elements: Block) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str, label: str, element: Block, *, optional: bool, hint: str = "") -> Block:
    """An input; its errors are keyed by `block_id`."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": plain(hint, 2000)} if hint else {})


def ticks(action_id: str, options: list[Block], ticked: list[Block]) -> Block:
    """Check boxes; `ticked` are members of `options`, for Slack wants identical objects."""
    made: Block = {"type": "checkboxes", "action_id": action_id, "options": options}
    return made | ({"initial_options": ticked} if ticked else {})


def text_box(action_id: str, *, most: int, initial: str = "", placeholder: str = "") -> Block:
    made: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": most,
    }
    made |= {"initial_value": initial} if initial else {}
    return made | ({"placeholder": plain(placeholder, 150)} if placeholder else {})


def line_box(action_id: str, *, most: int, initial: str = "", placeholder: str = "") -> Block:
    """One line to type into."""
    made = text_box(action_id, most=most, initial=initial, placeholder=placeholder)
    return made | {"multiline": False}


def day_picker(action_id: str, initial: date | None = None) -> Block:
    made: Block = {"type": "datepicker", "action_id": action_id}
    return made | ({"initial_date": initial.isoformat()} if initial else {})


def radio(action_id: str, options: list[Block], chosen: Block) -> Block:
    """One of several; `chosen` is a member of `options`."""
    return {
        "type": "radio_buttons",
        "action_id": action_id,
        "options": options,
        "initial_option": chosen,
    }


def select(action_id: str, options: list[Block], *, chosen: Block | None = None) -> Block:
    """A choice of one; `chosen` is a member of `options`, for Slack wants identical objects."""
    made: Block = {"type": "static_select", "action_id": action_id, "options": options}
    return made | ({"initial_option": chosen} if chosen else {})


def button(text: str, action_id: str, *, value: str = "", url: str = "", style: str = "") -> Block:
    made: Block = {"type": "button", "text": plain(text), "action_id": action_id}
    extras = {"value": value, "url": url, "style": style}
    return made | {name: given for name, given in extras.items() if given}


Values = dict[str, dict[str, Any]]  # the state of a view: what stands in each block


def state(values: Values, block_id: str) -> dict[str, Any]:
    """What stands in a block of one field."""
    found: dict[str, Any] = next(iter(values.get(block_id, {}).values()), {})
    return found


def typed(values: Values, block_id: str) -> str:
    return str(state(values, block_id).get("value") or "")


def chosen(values: Values, block_id: str) -> str:
    """The value of the one option that is chosen, or ""."""
    return str((state(values, block_id).get("selected_option") or {}).get("value", ""))


def is_ticked(values: Values, block_id: str) -> bool:
    return bool(state(values, block_id).get("selected_options"))


def modal(title: str, blocks: list[Block], *, close: str = "Close") -> View:
    return {
        "type": "modal",
        "title": plain(title, _TITLE),
        "close": plain(close, _TITLE),
        "blocks": blocks,
    }


def form(
    title: str, blocks: list[Block], *, callback_id: str, submit: str, metadata: str = ""
) -> View:
    """A modal with a submit button; `metadata` comes back with the submission (3000 characters)."""
    shown = modal(title, blocks, close="Cancel")
    shown |= {"callback_id": callback_id, "submit": plain(submit, _TITLE)}
    return shown | {"private_metadata": metadata}


def notice(title: str, text: str) -> View:
    """A modal that only says something; `text` is mrkdwn."""
    return modal(title, [section(text)])
