"""Block Kit's composition objects: options, confirmations and what several elements share."""

from typing import Any

from bot.sandbox.slack.schema import (
    Check,
    Fields,
    Place,
    Surface,
    boolean,
    choice,
    fields,
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
