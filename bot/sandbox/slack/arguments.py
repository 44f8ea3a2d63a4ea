"""The arguments of a Web API call, however they were sent."""

import json
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.slack.blocks import refusals
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Content
from bot.sandbox.slack.schema import Surface

JSON = dict[str, Any]


def parse_arguments(content_type: str, body: bytes, query: str) -> JSON:
    """Read JSON or form fields; SlackError invalid_json / invalid_form_data."""
    found: JSON = dict(parse_qsl(query, keep_blank_values=True))
    try:
        if content_type.startswith("application/json"):
            posted = json.loads(body or b"{}")
            if not isinstance(posted, dict):
                raise SlackError("json_not_object")
        else:
            posted = dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError as error:
        raise SlackError("invalid_form_data") from error
    except json.JSONDecodeError as error:
        raise SlackError("invalid_json") from error
    return {name: value for name, value in {**found, **posted}.items() if value is not None}


def required(arguments: JSON, *names: str) -> None:
    for name in names:
        if not arguments.get(name):
            raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")


def structured(arguments: JSON, name: str, error: str) -> Any:
    """Return a field that may be JSON or JSON in a string; None if it is absent."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as bad:
        raise SlackError(error, f"[ERROR] {name} is not valid JSON") from bad


def content(arguments: JSON) -> Content:
    """Return what a message is to say, or refuse it as Slack would.

    Stricter than Slack in one point: blocks without `text` are refused with no_text.
    """
    blocks = structured(arguments, "blocks", "invalid_blocks_format")
    metadata = structured(arguments, "metadata", "invalid_metadata_format")
    text = str(arguments.get("text", ""))
    if not text.strip():
        raise SlackError("no_text", "[ERROR] a message needs text, also beside blocks")
    payload = {"text": text} if blocks is None else {"text": text, "blocks": blocks}
    found = refusals(payload, surface="message")
    if any("msg_blocks_too_long" in sentence for sentence in found):
        raise SlackError("msg_blocks_too_long", *found)
    if found:
        raise SlackError("invalid_blocks", *found)
    return Content(text, tuple(blocks or ()), metadata)


def checked_view(view: Any, surface: Surface) -> JSON:
    """Return the view, or refuse it as Slack would."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view")
    found = refusals(view, surface=surface)
    if any("view_too_large" in sentence for sentence in found):
        raise SlackError("view_too_large", *found)
    if found:
        raise SlackError("invalid_arguments", *found)
    return view
