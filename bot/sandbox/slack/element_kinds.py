"""Block Kit's interactive elements, with Slack's limits."""

from bot.sandbox.slack.composition import (
    ACTION,
    ANY_ADDRESS,
    CONVERSATION_KINDS,
    DATE,
    DISPATCH,
    GROUPS,
    MARKED_OPTIONS,
    MODAL,
    MODAL_AND_HOME,
    OPTIONS,
    PLACEHOLDER,
    STYLE,
    TIME,
    WEB_ADDRESS,
    initial_among_options,
    initial_fits_length,
    option,
    values_differ,
)
from bot.sandbox.slack.schema import (
    Check,
    Fields,
    Kind,
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
INTERACTIVE = frozenset((*ACTION_ELEMENTS, *TEXT_INPUTS, *CONTEXT_ACTIONS))
INPUT_ELEMENTS = {**SELECTS, **PICKERS, **TEXT_INPUTS}
