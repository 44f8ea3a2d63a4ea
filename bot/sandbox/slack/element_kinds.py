"""Block Kit's interactive elements and composition objects, with Slack's limits."""

from typing import Any

from bot.sandbox.slack.schema import (
    Check,
    Fields,
    Kind,
    Place,
    Surface,
    anything,
    boolean,
    choice,
    fields,
    integer,
    items,
    one_of,
    string,
    text,
)

MODAL: frozenset[Surface] = frozenset(("modal",))
MODAL_AND_HOME: frozenset[Surface] = frozenset(("modal", "home"))
WEB_ADDRESS = r"https?://\S+"
ANY_ADDRESS = r"[a-z][a-z0-9+.-]*:\S+"
DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
TIME = r"([01]\d|2[0-3]):[0-5]\d"

CONFIRM = fields(
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": choice("primary", "danger")},
)
STYLE = choice("primary", "danger")
ACTION: Fields = {"action_id": string(255), "confirm": CONFIRM}
PLACEHOLDER: Fields = {"placeholder": text(150, plain=True), "focus_on_load": boolean}
DISPATCH = fields(
    {},
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
)
CONVERSATION_KINDS = choice("im", "mpim", "private", "public")


def option(*, plain: bool = True, link: bool = False) -> Check:
    """Describe an option; only check boxes and radio buttons may use mrkdwn, overflow a link."""
    address: Fields = {"url": string(3000, pattern=ANY_ADDRESS)} if link else {}
    return fields(
        {"text": text(75, plain=plain), "value": string(150)},
        {"description": text(75, plain=plain), **address},
    )


OPTIONS = items(option(), 1, 100)
MARKED_OPTIONS = items(option(plain=False), 1, 10)  # the models of slack_sdk miss this limit
GROUPS = items(fields({"label": text(75, plain=True), "options": OPTIONS}, {}), 1, 100)


def all_options(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Every option of a select, whether grouped or not."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def initial_among_options(element: Any, place: Place) -> list[str]:
    """Slack wants initial options that equal an option in every field."""
    offered = all_options(element)
    single = [element["initial_option"]] if "initial_option" in element else []
    for chosen in [*single, *element.get("initial_options", [])]:
        if chosen not in offered:
            return place.refuse(f"initial option is not among the options: {chosen['value']!r}")
    return []


def initial_fits_length(element: Any, place: Place) -> list[str]:
    longest = element.get("max_length", 3000)
    if len(element.get("initial_value", "")) > longest:
        return place.at("initial_value").refuse(f"must be less than {longest + 1} characters")
    if element.get("min_length", 0) > longest:
        return place.at("min_length").refuse("must not be greater than max_length")
    return []


def values_differ(element: Any, place: Place) -> list[str]:
    values = [option["value"] for option in all_options(element)]
    return [] if len(values) == len(set(values)) else place.refuse("option values must differ")


ANYWHERE = frozenset(("section", "actions", "input"))
CHOSEN = frozenset(("section", "input"))  # several at once
INPUT = frozenset(("input",))


def select(source: Fields, initial: Fields, *also: Check, required: Fields | None = None) -> Kind:
    optional = {**ACTION, **PLACEHOLDER, **source, **initial}
    return Kind(required or {}, optional, also, inside=ANYWHERE)


def multi_select(source: Fields, initial: Fields, *also: Check) -> Kind:
    most: Fields = {"max_selected_items": integer(1)}
    optional = {**ACTION, **PLACEHOLDER, **source, **initial, **most}
    return Kind({}, optional, also, inside=CHOSEN)


STATIC: Fields = {"options": OPTIONS, "option_groups": GROUPS}
STATIC_RULES = (one_of("options", "option_groups"), initial_among_options, values_differ)
EXTERNAL: Fields = {"min_query_length": integer(0)}
CONVERSATIONS: Fields = {
    "default_to_current_conversation": boolean,
    "filter": fields(
        {},
        {
            "include": items(CONVERSATION_KINDS, 1, 4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
}
RESPONSE_URL: Fields = {"response_url_enabled": boolean}
ONE_ID = string(100)
IDS = items(ONE_ID, 1, 100)
INITIAL: Fields = {"initial_option": option()}
INITIALS: Fields = {"initial_options": items(option(), 1, 100)}

SELECTS = {
    "static_select": select(STATIC, INITIAL, *STATIC_RULES),
    "external_select": select(EXTERNAL, INITIAL),
    "users_select": select({}, {"initial_user": ONE_ID}),
    "conversations_select": select(
        {**CONVERSATIONS, **RESPONSE_URL}, {"initial_conversation": ONE_ID}
    ),
    "channels_select": select(RESPONSE_URL, {"initial_channel": ONE_ID}),
    "multi_static_select": multi_select(STATIC, INITIALS, *STATIC_RULES),
    "multi_external_select": multi_select(EXTERNAL, INITIALS),
    "multi_users_select": multi_select({}, {"initial_users": IDS}),
    "multi_conversations_select": multi_select(CONVERSATIONS, {"initial_conversations": IDS}),
    "multi_channels_select": multi_select({}, {"initial_channels": IDS}),
}


def typed_input(
    optional: Fields, *also: Check, required: Fields | None = None, modal_only: bool = False
) -> Kind:
    common = {"action_id": string(255), **PLACEHOLDER, "dispatch_action_config": DISPATCH}
    surfaces = MODAL if modal_only else MODAL_AND_HOME
    return Kind(required or {}, {**common, **optional}, also, surfaces, INPUT)


NUMBER = string(100, pattern=r"-?\d+(\.\d+)?")
TEXT_INPUTS = {
    "plain_text_input": typed_input(
        {
            "initial_value": string(3000, minimum=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        initial_fits_length,
    ),
    "email_text_input": typed_input({"initial_value": string(3000)}, modal_only=True),
    "url_text_input": typed_input({"initial_value": string(3000)}, modal_only=True),
    "number_input": typed_input(
        {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        required={"is_decimal_allowed": boolean},
    ),
    "rich_text_input": typed_input({"initial_value": anything}, modal_only=True),
    "file_input": Kind(
        {},
        {
            "action_id": string(255),
            "filetypes": items(string(20), 1, 100),
            "max_files": integer(1, 10),
        },
        surfaces=MODAL,
        inside=INPUT,
    ),
}

FOCUS: Fields = {"focus_on_load": boolean}
MARKED: Fields = {"options": MARKED_OPTIONS}
MARKED_RULES = (initial_among_options, values_differ)
PICKERS = {
    "checkboxes": Kind(
        MARKED,
        {**ACTION, **FOCUS, "initial_options": MARKED_OPTIONS},
        MARKED_RULES,
        inside=ANYWHERE,
    ),
    "radio_buttons": Kind(
        MARKED,
        {**ACTION, **FOCUS, "initial_option": option(plain=False)},
        MARKED_RULES,
        inside=ANYWHERE,
    ),
    "datepicker": select({}, {"initial_date": string(10, pattern=DATE)}),
    "timepicker": select({}, {"initial_time": string(5, pattern=TIME), "timezone": string(100)}),
    "datetimepicker": Kind(
        {},
        {**ACTION, **FOCUS, "initial_date_time": integer(1_000_000_000, 9_999_999_999)},
        inside=frozenset(("actions", "input")),
    ),
}

IMAGE = Kind(
    {"alt_text": string(2000)},
    {"image_url": string(3000, pattern=WEB_ADDRESS), "slack_file": anything},
    (one_of("image_url", "slack_file"),),
)
BUTTON = Kind(
    {"text": text(75, plain=True)},
    {
        **ACTION,
        "value": string(2000, minimum=0),
        "url": string(3000, pattern=ANY_ADDRESS),
        "style": STYLE,
        "accessibility_label": string(75),
    },
)
OVERFLOW = Kind({"options": items(option(link=True), 1, 5)}, ACTION, (values_differ,))
FEEDBACK = fields(
    {"text": text(75, plain=True), "value": string(2000)}, {"accessibility_label": string(75)}
)
CONTEXT_ACTIONS = {
    "feedback_buttons": Kind(
        {"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": string(255)}
    ),
    "icon_button": Kind(
        {"icon": choice("trash"), "text": text(75, plain=True)},
        {
            **ACTION,
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": IDS,
        },
    ),
}
ACTION_ELEMENTS = {"button": BUTTON, "overflow": OVERFLOW, **SELECTS, **PICKERS}
SECTION_ELEMENTS = {**ACTION_ELEMENTS, "image": IMAGE}
INPUT_ELEMENTS = {**SELECTS, **PICKERS, **TEXT_INPUTS}

SUGGESTED = items(option(), 0, 100)
# The answer to block_suggestion.
OPTION_ANSWER: Check = fields(
    {},
    {
        "options": SUGGESTED,
        "option_groups": items(
            fields({"label": text(75, plain=True), "options": SUGGESTED}, {}), 0, 100
        ),
    },
    one_of("options", "option_groups"),
    values_differ,
)
