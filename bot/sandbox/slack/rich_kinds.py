"""Block Kit's rich text and tables, with Slack's limits."""

from typing import Any

from bot.sandbox.slack.schema import (
    Fields,
    Kind,
    Place,
    Surface,
    boolean,
    choice,
    fields,
    integer,
    items,
    string,
    typed,
)

MESSAGE: frozenset[Surface] = frozenset(("message",))
BLOCK_ID: Fields = {"block_id": string(255)}


def rows_are_even(block: Any, place: Place) -> list[str]:
    lengths = {len(row) for row in block["rows"]}
    return [] if len(lengths) == 1 else place.at("rows").refuse("rows must have the same length")


def header_is_text(block: Any, place: Place) -> list[str]:
    if any(cell["type"] == "rich_text" for cell in block["rows"][0]):
        return place.at("rows/0").refuse("rich_text is not allowed in the header")
    return []


def number(value: Any, place: Place) -> list[str]:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return [] if fits else place.refuse("must be a number")


RICH_STYLE = fields(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean
    ),
)
STYLED: Fields = {"style": RICH_STYLE}
RICH_PARTS = {
    "text": Kind({"text": string()}, STYLED),
    "link": Kind({"url": string(3000)}, {**STYLED, "text": string(), "unsafe": boolean}),
    "user": Kind({"user_id": string()}, STYLED),
    "usergroup": Kind({"usergroup_id": string()}, STYLED),
    "channel": Kind({"channel_id": string()}, STYLED),
    "emoji": Kind({"name": string()}, {**STYLED, "unicode": string()}),
    "broadcast": Kind({"range": choice("here", "channel", "everyone")}),
    "date": Kind(
        {"timestamp": integer(0), "format": string()},
        {**STYLED, "url": string(3000), "fallback": string()},
    ),
    "color": Kind({"value": string(7)}),
}
RICH_LINE: Fields = {"elements": items(typed(RICH_PARTS), 0, 1000)}
BORDER: Fields = {"border": integer(0, 1)}
RICH_BODY = {
    "rich_text_section": Kind(RICH_LINE),
    "rich_text_quote": Kind(RICH_LINE, BORDER),
    "rich_text_preformatted": Kind(RICH_LINE, {**BORDER, "language": string(100)}),
    "rich_text_list": Kind(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(typed({"rich_text_section": Kind(RICH_LINE)}), 1, 1000),
        },
        {**BORDER, "indent": integer(0, 8), "offset": integer(0)},
    ),
}
RICH_TEXT = Kind({"elements": items(typed(RICH_BODY), 1, 1000)}, BLOCK_ID)
CELLS = {
    "raw_text": Kind({"text": string()}),
    "raw_number": Kind({"value": number, "text": string()}),
    "rich_text": RICH_TEXT,
}
ROW = items(typed(CELLS), 1, 20)
COLUMN = fields({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def column(value: Any, place: Place) -> list[str]:
    """Null skips a column's settings."""
    return [] if value is None else COLUMN(value, place)


TABLE = Kind(
    {"rows": items(ROW, 1, 100)},
    {**BLOCK_ID, "column_settings": items(column, 1, 20)},
    (rows_are_even,),
    MESSAGE,
)
DATA_TABLE = Kind(
    {"rows": items(ROW, 2, 101), "caption": string()},
    {**BLOCK_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    (rows_are_even, header_is_text),
    MESSAGE,
)
