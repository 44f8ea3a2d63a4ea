"""One of everything that the Slack stand-in accepts: every block and every element, by surface."""

from typing import Any

JSON = dict[str, Any]
PICTURE = "https://pictures.example/rose.png"  # never fetched: the page shows its description


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(number: int) -> JSON:
    return {"text": plain(f"Choice {number}"), "value": f"v{number}"}


OPTIONS = [option(1), option(2), option(3)]
CONFIRM = {
    "title": plain("Really?"),
    "text": mrkdwn("This cannot be *undone*."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
IMAGE = {"type": "image", "image_url": PICTURE, "alt_text": "a rose"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "link", "url": "https://example.test/", "text": "a link"},
                {"type": "user", "user_id": "U01ANNA"},
                {"type": "emoji", "name": "tulip"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "as typed"}]},
    ],
}
ROWS: list[list[JSON]] = [
    [{"type": "raw_text", "text": "Customer"}, {"type": "raw_text", "text": "Due"}],
    [
        {"type": "raw_text", "text": "Blue Iris"},
        {"type": "raw_number", "value": 12.5, "text": "12.50"},
    ],
    [{"type": "raw_text", "text": "Wild Fern"}, {"type": "raw_number", "value": 7, "text": "7.00"}],
]
CARD: JSON = {
    "type": "card",
    "hero_image": IMAGE,
    "icon": IMAGE,
    "title": plain("A card"),
    "subtitle": plain("with a subtitle"),
    "body": plain("and a body"),
    "actions": [{"type": "button", "text": plain("Card button"), "action_id": "card"}],
}
OPTION_SELECTS: dict[str, JSON] = {
    kind: {"type": kind, "options": OPTIONS} for kind in ("static_select", "multi_static_select")
}
MARKED: dict[str, JSON] = {
    kind: {"type": kind, "options": OPTIONS} for kind in ("checkboxes", "radio_buttons")
}
BARE: dict[str, JSON] = {
    kind: {"type": kind}
    for kind in (
        "external_select users_select conversations_select channels_select multi_external_select "
        "multi_users_select multi_conversations_select multi_channels_select "
        "datepicker timepicker datetimepicker"
    ).split()
}
TEXT_INPUTS: dict[str, JSON] = {
    "plain_text_input": {"type": "plain_text_input", "multiline": True},
    "email_text_input": {"type": "email_text_input"},
    "url_text_input": {"type": "url_text_input"},
    "number_input": {"type": "number_input", "is_decimal_allowed": True},
    "rich_text_input": {"type": "rich_text_input"},
    "file_input": {"type": "file_input"},
}
INPUTS: dict[str, JSON] = {**TEXT_INPUTS, **OPTION_SELECTS, **MARKED, **BARE}
BUTTON: JSON = {"type": "button", "text": plain("Danger"), "style": "danger", "confirm": CONFIRM}
OVERFLOW: JSON = {"type": "overflow", "options": OPTIONS}
CONTEXT_ACTIONS: list[JSON] = [
    {
        "type": "feedback_buttons",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    },
    {"type": "icon_button", "icon": "trash", "text": plain("Delete")},
]


def anywhere() -> list[JSON]:
    return [
        {"type": "header", "text": plain("A header")},
        {"type": "section", "text": mrkdwn("*Bold* _italic_ ~gone~ `code`"), "accessory": OVERFLOW},
        {"type": "section", "fields": [mrkdwn(f"*Field {n}*\nvalue") for n in range(4)]},
        {"type": "divider"},
        {**IMAGE, "title": plain("A picture")},
        {"type": "context", "elements": [IMAGE, mrkdwn("small print"), plain("plain print")]},
        {"type": "actions", "elements": [BUTTON, OVERFLOW, *_actions()]},
        RICH,
        {
            "type": "video",
            "alt_text": "a film",
            "title": plain("A film"),
            "video_url": "https://films.example/1",
            "thumbnail_url": PICTURE,
        },
    ]


def _actions() -> list[JSON]:
    single: list[JSON] = [
        e for kind, e in {**OPTION_SELECTS, **BARE}.items() if not kind.startswith("multi")
    ]
    return [*single, *MARKED.values()]


def messages() -> list[list[JSON]]:
    """Two, for a message holds one table."""
    container: JSON = {
        "type": "container",
        "title": plain("A container"),
        "is_collapsible": True,
        "child_blocks": [{"type": "section", "text": mrkdwn("inside")}],
    }
    first = [
        *anywhere(),
        {"type": "context_actions", "elements": CONTEXT_ACTIONS},
        {"type": "markdown", "text": "# Title\n\n**bold** [link](https://example.test/)\n\n- item"},
        {"type": "table", "rows": ROWS, "column_settings": [None, {"align": "right"}]},
        CARD,
        {"type": "carousel", "elements": [{**CARD, "actions": CARD["actions"]}]},
        container,
    ]
    return [first, [{"type": "data_table", "caption": "Who owes", "page_size": 1, "rows": ROWS}]]


def modal() -> JSON:
    inputs = [
        {
            "type": "input",
            "label": plain(f"Label of {kind}"),
            "hint": plain("A hint"),
            "element": element,
            "optional": kind != "plain_text_input",
        }
        for kind, element in INPUTS.items()
    ]
    alerts = [
        {"type": "alert", "text": plain(level), "level": level}
        for level in ("default", "info", "warning", "error", "success")
    ]
    return {
        "type": "modal",
        "title": plain("One of everything"),
        "submit": plain("Send"),
        "blocks": [*anywhere(), *alerts, *inputs],
    }


def home() -> JSON:
    return {"type": "home", "blocks": [*anywhere(), CARD]}
