"""What an input holds: the part of `view.state.values` that belongs to one element."""

from typing import Any

JSON = dict[str, Any]

# element type: (field in state, field with the initial value, value when empty)
FIELDS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "file_input": ("files", "", []),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}


def is_input(element: JSON) -> bool:
    return element.get("type") in FIELDS


def initial_state(element: JSON, channel_id: str | None) -> JSON:
    """The state before a person touched it; `channel_id` is where the modal was opened."""
    kind = element["type"]
    name, initial, empty = FIELDS[kind]
    value = element.get(initial, empty)
    if element.get("default_to_current_conversation") and value is None:
        value = channel_id
    return {"type": kind, name: value}


def value_of(state: JSON) -> Any:
    """What was typed or chosen: text, an option, a list, or None."""
    return state[FIELDS[state["type"]][0]]


def with_value(state: JSON, value: Any) -> JSON:
    return {"type": state["type"], FIELDS[state["type"]][0]: value}


def is_empty(state: JSON) -> bool:
    return value_of(state) in (None, "", [])
