"""What Slack's own client refuses before the bot hears of a submission."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.slack.fields import Field, fields_of
from bot.sandbox.slack.input_state import is_empty, value_of
from bot.sandbox.slack.views import OpenView

JSON = dict[str, Any]
MISSING = "Please complete this required field."


def client_errors(view: OpenView) -> dict[str, str]:
    """Sentences by block_id; empty: Slack sends the submission."""
    errors = {}
    for field in fields_of(view):
        if field.block["type"] != "input":
            continue
        sentence = _error(field, view.state[field.key])
        if sentence:
            errors[field.block["block_id"]] = sentence
    return errors


def _error(field: Field, state: JSON) -> str | None:
    if is_empty(state):
        return None if field.block.get("optional") else MISSING
    value, element = value_of(state), field.element
    if field.kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email address."
    if field.kind == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        return "Please enter a valid URL."
    if field.kind == "number_input":
        return _number_error(value, element)
    if field.kind == "plain_text_input":
        return _length_error(value, element)
    return None


def _number_error(value: str, element: JSON) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return None


def _length_error(value: str, element: JSON) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None
