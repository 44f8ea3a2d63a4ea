"""Requests as Slack sends them, and as it never would."""

import json
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def payload(value: Any) -> bytes:
    return urlencode({"payload": value if isinstance(value, str) else json.dumps(value)}).encode()


COMMAND = {
    "command": "/pay",
    "text": "1042",
    "user_id": "U1",
    "team_id": "T1",
    "trigger_id": "1.2.3",
}
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "trigger_id": "1.2.3",
    "actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "7"}],
}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "c",
    "private_metadata": "",
    "state": {"values": {}},
}
SUBMISSION = PRESS | {"type": "view_submission", "view": VIEW}
SEARCH = PRESS | {"type": "block_suggestion", "action_id": "a", "block_id": "b", "value": ""}
EVENT = {"type": "event_callback", "event_id": "E1", "team_id": "T1", "event": {"type": "x"}}

# Only inputs need an id of their own: whatever else we send may come back as we sent it.
UNNAMED = {"blocks": [{"type": "section"}, {"type": "input", "block_id": "addresses"}]}
PRESS_UNNAMED = PRESS | {"actions": [{"type": "button", "action_id": "a", "value": "7"}]}

WHOLE: list[tuple[bytes, str]] = [
    (urlencode(COMMAND).encode(), FORM),
    (urlencode(COMMAND | {"text": "payload"}).encode(), FORM + "; charset=utf-8"),
    (payload(PRESS), FORM),
    (payload(SUBMISSION), FORM),
    (payload(SEARCH), FORM),
    (payload(PRESS_UNNAMED), FORM),
    (payload(SUBMISSION | {"view": VIEW | UNNAMED}), FORM),
    (json.dumps(EVENT).encode(), JSON),
    (b'{"type": "url_verification", "challenge": "abc"}', JSON),
    (b"ssl_check=1&token=x", FORM),
]
MALFORMED: list[tuple[bytes, str]] = [
    (b"", FORM),
    (b"", JSON),
    (b"\xff\xfe\x00random", FORM),
    (b"text=%ff%fe&command=/pay", FORM),
    (b"payload=", FORM),
    (b"payload=notjson", FORM),
    (b"payload=[]", FORM),
    (b"payload=null", FORM),
    (b"payload=7", FORM),
    (payload({}), FORM),
    (payload({"type": "nonsense"}), FORM),
    (payload({"type": ["block_actions"]}), FORM),
    (payload(PRESS | {"actions": []}), FORM),
    (payload(PRESS | {"actions": "x"}), FORM),
    (payload(PRESS | {"actions": [None]}), FORM),
    (payload(PRESS | {"actions": [{"type": "button"}]}), FORM),
    (payload(PRESS | {"actions": [PRESS["actions"][0] | {"selected_option": "x"}]}), FORM),
    (payload(PRESS | {"user": None}), FORM),
    (payload(PRESS | {"user": "U1"}), FORM),
    (payload(PRESS | {"team": "T1"}), FORM),
    (payload(PRESS | {"enterprise": "E1"}), FORM),
    (payload(PRESS | {"channel": "C1"}), FORM),
    (payload(PRESS | {"view": "V1"}), FORM),
    (payload(SUBMISSION | {"view": None}), FORM),
    (payload(SUBMISSION | {"view": {"id": "V1", "state": {"values": {}}}}), FORM),
    (payload(SUBMISSION | {"view": VIEW | {"state": None}}), FORM),
    (payload(SUBMISSION | {"view": VIEW | {"state": {"values": {"a": {"b": 1}}}}}), FORM),
    (payload(SUBMISSION | {"view": VIEW | {"blocks": [{"type": "input"}]}}), FORM),
    (payload(SUBMISSION | {"view": VIEW | {"blocks": [{"type": "divider", "block_id": 7}]}}), FORM),
    (payload(SEARCH | {"value": None}), FORM),
    (payload('{"type": "block_actions", "user": {"id": "\\ud800"}}'), FORM),
    (payload("[" * 100_000), FORM),
    (payload('{"a": ' * 100_000), FORM),
    (urlencode(COMMAND).encode(), JSON),
    (urlencode(COMMAND | {"text": "a\x00b"}).encode(), FORM),
    (urlencode(COMMAND | {"user_id": ""}).encode(), FORM),
    (urlencode(COMMAND | {"command": "pay"}).encode(), FORM),
    (b"&".join(b"a=1" for _ in range(101)), FORM),
    (b'{"type": "event_callback"', JSON),
    (b"[]", JSON),
    (b"null", JSON),
    (json.dumps(EVENT | {"event": "x"}).encode(), JSON),
    (json.dumps(EVENT | {"authorizations": 7}).encode(), JSON),
    (b'{"type": "url_verification"}', JSON),
]
