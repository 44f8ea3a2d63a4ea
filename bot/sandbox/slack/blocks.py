"""The Block Kit linter: what Slack would refuse in a message, a modal or a home tab.

Built from Slack's documentation and from refusals that people met; `slack_sdk.models` checks
about two thirds of it and no surface at all.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.block_kinds import BLOCK
from bot.sandbox.slack.schema import (
    Check,
    Fields,
    Place,
    Surface,
    anything,
    boolean,
    choice,
    fields,
    items,
    string,
    text,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Slack does not document where msg_blocks_too_long begins; 11,341 characters were refused once.
MESSAGE_TEXT = 11_000
VIEW_BYTES = 250_000
ONE_PER_MESSAGE = ("table", "data_table")

MESSAGE_EXTRAS = (
    "as_user channel icon_emoji icon_url link_names metadata mrkdwn parse reply_broadcast "
    "thread_ts token ts unfurl_links unfurl_media user username response_type replace_original "
    "delete_original"
)
MESSAGE: Check = fields(
    {"text": string(40_000)},
    {
        "blocks": items(BLOCK, 0, MESSAGE_BLOCKS),
        **dict.fromkeys(MESSAGE_EXTRAS.split(), anything),
    },
)
VIEW_FIELDS: Fields = {
    "private_metadata": string(3000, minimum=0),
    "callback_id": string(255),
    "external_id": string(255),
}
MODAL: Check = fields(
    {
        "type": choice("modal"),
        "title": text(24, plain=True),
        "blocks": items(BLOCK, 1, VIEW_BLOCKS),
    },
    {
        **VIEW_FIELDS,
        "submit": text(24, plain=True),
        "close": text(24, plain=True),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME: Check = fields({"type": choice("home"), "blocks": items(BLOCK, 1, VIEW_BLOCKS)}, VIEW_FIELDS)
SHAPES: dict[Surface, Check] = {"message": MESSAGE, "modal": MODAL, "home": HOME}


def refusals(payload: dict[str, Any], *, surface: Surface) -> list[str]:
    """One sentence with a JSON pointer for each thing that Slack would refuse; empty: all is well.

    `payload` is what goes to chat.postMessage (`text`, `blocks`, …) or as `view` to views.open.
    A message without `text` is refused too: notifications and screen readers have nothing else.
    """
    place = Place("", surface)
    found = SHAPES[surface](payload, place)
    blocks = payload.get("blocks") if isinstance(payload, dict) else None
    if isinstance(blocks, list):
        whole = [block for block in blocks if isinstance(block, dict)]
        found += _repeated_ids(whole, place.at("blocks"))
        found += _across_message(whole, place) if surface == "message" else []
    if surface != "message":
        found += _across_view(payload, place)
    elif isinstance(payload, dict) and not str(payload.get("text", "-")).strip():
        found += place.at("text").refuse("must say something")
    return found


def _repeated_ids(blocks: list[dict[str, Any]], place: Place) -> list[str]:
    names = Counter(str(block["block_id"]) for block in blocks if "block_id" in block)
    found = []
    for name, count in names.items():
        if count > 1:
            found += place.refuse(f"block_id {name!r} is used {count} times")
    for number, block in enumerate(blocks):
        actions = Counter(str(e["action_id"]) for e in elements_of(block) if "action_id" in e)
        for name, count in actions.items():
            if count > 1:
                found += place.at(number).refuse(f"action_id {name!r} is used {count} times")
    return found


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the interactive elements of a block: accessory, element, elements, card actions."""
    single = [block.get("accessory"), block.get("element")]
    several = block.get("elements") if isinstance(block.get("elements"), list) else []
    actions = block.get("actions") if isinstance(block.get("actions"), list) else []
    return [e for e in [*single, *(several or []), *(actions or [])] if isinstance(e, dict)]


def _across_message(blocks: list[dict[str, Any]], place: Place) -> list[str]:
    found = []
    if sum(block.get("type") in ONE_PER_MESSAGE for block in blocks) > 1:
        found += place.at("blocks").refuse("only_one_table_allowed")
    length = message_text_length(blocks)
    if length > MESSAGE_TEXT:
        found += place.at("blocks").refuse(f"msg_blocks_too_long: {length} characters of text")
    return found


def _across_view(view: Any, place: Place) -> list[str]:
    if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
        return []
    found = []
    blocks = [block for block in view["blocks"] if isinstance(block, dict)]
    takes_input = any(block.get("type") == "input" for block in blocks)
    if view.get("type") == "modal" and takes_input and "submit" not in view:
        found += place.refuse("missing required field: submit (there are input blocks)")
    focused = sum(bool(e.get("focus_on_load")) for block in blocks for e in elements_of(block))
    if focused > 1:
        found += place.refuse("focus_on_load is set more than once")
    size = view_bytes(view)
    if size > VIEW_BYTES:
        found += place.refuse(f"view_too_large: {size} bytes")
    return found


def message_text_length(blocks: list[dict[str, Any]]) -> int:
    """Characters that a person reads in these blocks."""
    return sum(len(found) for found in texts(blocks))


def texts(value: Any) -> Iterator[str]:
    """Every text that a person reads in a part of a payload, in order."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "text" and isinstance(item, str):
                yield item
            elif name not in ("value", "block_id", "action_id"):
                yield from texts(item)


def view_bytes(view: dict[str, Any]) -> int:
    """The size that Slack measures against 250 KB."""
    return len(json.dumps(view, ensure_ascii=False, default=str).encode(errors="replace"))
