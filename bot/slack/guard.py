"""Before bolt: is this really Slack, and is it a request that makes sense?

bolt answers 500 to many malformed requests, signed and unsigned, so only whole ones get there.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 2_000_000  # a view of 250 KB, JSON in a form, with room
MOST_SECONDS = 300
MOST_FIELDS = 100

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)

Payload = dict[str, Any]


class Rejected(Exception):
    """`status` is 400, 401 or 413."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def checked(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> Payload:
    """The payload inside a genuine and whole request; `headers` by lower-case name."""
    if len(body) > MOST_BYTES:
        raise Rejected(413, "too large")
    _require_genuine(headers, body, secret, now)
    payload = _decoded(headers.get("content-type", ""), body)
    _require_storable(payload)
    if not _is_whole(payload):
        raise Rejected(400, "malformed")
    return payload


def _require_genuine(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> None:
    stamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
        raise Rejected(401, "unsigned")
    if abs(now.timestamp() - int(stamp)) > MOST_SECONDS:
        raise Rejected(401, "too old")
    signed = b"v0:" + stamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, expected):
        raise Rejected(401, "wrong signature")


def _decoded(content_type: str, body: bytes) -> Payload:
    """JSON, a form whose field `payload` holds JSON, or a command's plain form."""
    try:
        text = body.decode()
        if content_type.partition(";")[0].strip().lower() == "application/json":
            return _json_object(text)
        form = dict(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        )
        return _json_object(form["payload"]) if "payload" in form else _as_typed(form)
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "malformed") from error


def _as_typed(command: dict[str, str]) -> Payload:
    """A command with the text that was typed: Slack escapes &, < and >, here and in messages.

    What people type into a modal comes as it is.
    """
    text = command.get("text", "").replace("&lt;", "<").replace("&gt;", ">")
    return command | {"text": text.replace("&amp;", "&")}  # last, so that "&amp;lt;" is "&lt;"


def _json_object(text: str) -> Payload:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise Rejected(400, "malformed")
    return found


def _require_storable(payload: Payload) -> None:
    """JSON can spell half a character, or NUL; no database takes those."""
    try:
        whole = json.dumps(payload, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "malformed") from error
    if b"\\u0000" in whole:
        raise Rejected(400, "malformed")


def _is_whole(payload: Payload) -> bool:
    if "ssl_check" in payload:
        return bool(payload["ssl_check"] == "1")
    if "command" in payload:
        return _is_command(payload)
    shape = _SHAPES.get(str(payload.get("type")))
    return shape is not None and shape(payload)


def _is_command(payload: Payload) -> bool:
    named = ("command", "user_id", "team_id", "trigger_id")
    return _texts(payload, *named) and payload["command"].startswith("/")


def _is_event(payload: Payload) -> bool:
    event = payload.get("event")
    return (
        _texts(payload, "event_id", "team_id")
        and isinstance(event, dict)
        and _texts(event, "type")
        and isinstance(payload.get("authorizations", []), list)
    )


def _is_act(payload: Payload) -> bool:
    """A press or choice, in a message or a view."""
    acts = payload.get("actions")
    return (
        _is_by_somebody(payload)
        and _texts(payload, "trigger_id")
        and isinstance(acts, list)
        and len(acts) > 0
        and all(_is_one_act(act) for act in acts)
        and (payload.get("view") is None or _is_view(payload))
        and isinstance(payload.get("channel") or {}, dict)
        and isinstance(payload.get("message") or {}, dict)
        and isinstance(payload.get("container") or {}, dict)
    )


def _is_one_act(act: Any) -> bool:
    if not isinstance(act, dict) or not _texts(act, "type", "action_id"):
        return False
    option = act.get("selected_option")
    return option is None or (isinstance(option, dict) and _texts(option, "value"))


def _is_search(payload: Payload) -> bool:
    return (
        _is_by_somebody(payload)
        and _texts(payload, "action_id")
        and isinstance(payload.get("value"), str)
        and (payload.get("view") is None or _is_view(payload))
    )


def _is_submission(payload: Payload) -> bool:
    return _is_by_somebody(payload) and _is_view(payload) and _has_state(payload["view"])


def _is_closed(payload: Payload) -> bool:
    return _is_by_somebody(payload) and _is_view(payload)


def _is_shortcut(payload: Payload) -> bool:
    return _is_by_somebody(payload) and _texts(payload, "callback_id", "trigger_id")


def _is_by_somebody(payload: Payload) -> bool:
    user, team = payload.get("user"), payload.get("team")
    return (
        isinstance(user, dict)
        and _texts(user, "id")
        and (team is None or (isinstance(team, dict) and _texts(team, "id")))
        and isinstance(payload.get("enterprise") or {}, dict)
    )


def _is_view(payload: Payload) -> bool:
    view = payload.get("view")
    if not isinstance(view, dict) or not _texts(view, "id", "type"):
        return False
    blocks = view.get("blocks", [])
    return (
        isinstance(view.get("callback_id", ""), str)
        and isinstance(view.get("private_metadata", ""), str)
        and isinstance(blocks, list)
        and all(isinstance(block, dict) and _is_block(block) for block in blocks)
    )


def _is_block(block: Payload) -> bool:
    """Slack names every block; of ours only inputs are looked up by their names."""
    named = _texts(block, "block_id") if block.get("type") == "input" else True
    return named and _texts(block, "type") and isinstance(block.get("block_id", ""), str)


def _has_state(view: Payload) -> bool:
    """Values by block and element, each saying its type."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    return isinstance(values, dict) and all(
        isinstance(block, dict) and all(_is_value(held) for held in block.values())
        for block in values.values()
    )


def _is_value(held: Any) -> bool:
    if not isinstance(held, dict) or not _texts(held, "type"):
        return False
    chosen = held.get("selected_options") or []
    return isinstance(chosen, list) and all(
        isinstance(option, dict) and _texts(option, "value") for option in chosen
    )


def _texts(holder: Payload, *names: str) -> bool:
    """Whether each of these is a text that says something."""
    return all(isinstance(holder.get(name), str) and holder[name] for name in names)


_SHAPES: dict[str, Callable[[Payload], bool]] = {
    "url_verification": lambda payload: _texts(payload, "challenge"),
    "event_callback": _is_event,
    "app_rate_limited": lambda payload: _texts(payload, "team_id"),
    "block_actions": _is_act,
    "block_suggestion": _is_search,
    "view_submission": _is_submission,
    "view_closed": _is_closed,
    "shortcut": _is_shortcut,
    "message_action": _is_shortcut,
}
