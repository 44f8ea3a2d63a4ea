"""Block Kit's blocks, with Slack's limits and the surfaces that they may stand on."""

from typing import Any

from bot.sandbox.slack.composition import MODAL, WEB_ADDRESS
from bot.sandbox.slack.element_kinds import (
    ACTION_ELEMENTS,
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE,
    INPUT_ELEMENTS,
    SECTION_ELEMENTS,
)
from bot.sandbox.slack.rich_kinds import BLOCK_ID, DATA_TABLE, MESSAGE, RICH_TEXT, TABLE
from bot.sandbox.slack.schema import (
    Check,
    Kind,
    Place,
    Surface,
    boolean,
    choice,
    items,
    string,
    text,
    typed,
)

MESSAGE_AND_HOME: frozenset[Surface] = frozenset(("message", "home"))
TEXT_KINDS = {
    "plain_text": Kind({"text": string(2000)}, {"emoji": boolean}),
    "mrkdwn": Kind({"text": string(2000)}, {"verbatim": boolean}),
}


def text_or_fields(block: Any, place: Place) -> list[str]:
    return [] if "text" in block or "fields" in block else place.refuse("needs text or fields")


def container_header(block: Any, place: Place) -> list[str]:
    if "title" not in block and "rich_text_title" not in block:
        return place.refuse("needs title or rich_text_title")
    if block.get("is_collapsible") and block.get("has_header_divider"):
        return place.refuse("has_header_divider is not for collapsible containers")
    return []


SECTION = Kind(
    {},
    {
        **BLOCK_ID,
        "text": text(3000),
        "fields": items(text(2000), 1, 10),
        "accessory": typed(SECTION_ELEMENTS),
        "expand": boolean,
    },
    (text_or_fields,),
)
IMAGE_BLOCK = Kind(
    IMAGE.required, {**IMAGE.optional, **BLOCK_ID, "title": text(2000, plain=True)}, IMAGE.also
)
INPUT_BLOCK = Kind(
    {"label": text(2000, plain=True), "element": typed(INPUT_ELEMENTS)},
    {**BLOCK_ID, "hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
)
VIDEO = Kind(
    {
        "alt_text": string(2000),
        "video_url": string(3000, pattern=WEB_ADDRESS),
        "thumbnail_url": string(3000, pattern=WEB_ADDRESS),
        "title": text(200, plain=True),
    },
    {
        **BLOCK_ID,
        "title_url": string(3000, pattern=WEB_ADDRESS),
        "description": text(200, plain=True),
        "provider_icon_url": string(3000, pattern=WEB_ADDRESS),
        "provider_name": string(50),
        "author_name": string(50),
    },
)
CARD = Kind(
    {},
    {
        **BLOCK_ID,
        "hero_image": typed({"image": IMAGE}),
        "icon": typed({"image": IMAGE}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": items(typed({"button": BUTTON}), 1, 5),
    },
    surfaces=MESSAGE_AND_HOME,
)
CHILDREN: dict[str, Kind] = {
    "section": SECTION,
    "header": Kind({"text": text(150, plain=True)}, BLOCK_ID),
    "divider": Kind({}, BLOCK_ID),
    "image": IMAGE_BLOCK,
    "actions": Kind({"elements": items(typed(ACTION_ELEMENTS), 1, 25)}, BLOCK_ID),
    "context": Kind({"elements": items(typed({**TEXT_KINDS, "image": IMAGE}), 1, 10)}, BLOCK_ID),
    "context_actions": Kind(
        {"elements": items(typed(CONTEXT_ACTIONS), 1, 5)}, BLOCK_ID, surfaces=MESSAGE
    ),
    "input": INPUT_BLOCK,
    "rich_text": RICH_TEXT,
    "markdown": Kind({"text": string(12_000)}, BLOCK_ID, surfaces=MESSAGE),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "video": VIDEO,
    "alert": Kind(
        {"text": text(200)},
        {**BLOCK_ID, "level": choice("default", "info", "warning", "error", "success")},
        surfaces=MODAL,
    ),
    "card": CARD,
    "carousel": Kind(
        {"elements": items(typed({"card": CARD}, is_block=True), 1, 10)},
        BLOCK_ID,
        surfaces=MESSAGE_AND_HOME,
    ),
}
CONTAINER = Kind(
    {"child_blocks": items(typed(CHILDREN, is_block=True), 1, 10)},
    {
        **BLOCK_ID,
        "title": text(150, plain=True),
        "rich_text_title": typed({"rich_text": RICH_TEXT}),
        "subtitle": text(150),
        "width": choice("narrow", "standard", "wide", "full"),
        "icon": typed({"image": IMAGE}),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    (container_header,),
    MESSAGE_AND_HOME,
)
BLOCK: Check = typed({**CHILDREN, "container": CONTAINER}, is_block=True)
