"""What went over the wire in both directions, without secrets."""

import json
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, Literal

SECRET_FIELDS = frozenset(("token", "authorization", "x-slack-signature"))
REMEMBERED = 1000


@dataclass(frozen=True)
class Call:
    """`direction`: "api" is the bot calling Slack, "event" is Slack calling the bot.

    `at` is seconds since 1970, `seconds` the duration, `status` None if there was no answer.
    """

    direction: Literal["api", "event"]
    name: str
    arguments: dict[str, Any]
    status: int | None
    answer: Any
    seconds: float
    at: float = field(default_factory=time.time)

    @property
    def ok(self) -> bool:
        return self.status == HTTPStatus.OK and not (
            isinstance(self.answer, dict) and self.answer.get("ok") is False
        )


class CallLog:
    """The newest thousand calls; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=REMEMBERED)

    def add(self, call: Call) -> None:
        clean = Call(**{**asdict(call), "arguments": redact(call.arguments)})
        with self._lock:
            self._calls.append(clean)

    def calls(self, name: str | None = None) -> list[Call]:
        """Oldest first; `name` is a Web API method or a payload type such as block_actions."""
        with self._lock:
            return [call for call in self._calls if name in (None, call.name)]


def redact(value: Any) -> Any:
    """Copy a JSON value with tokens and signatures blanked out, also inside JSON texts."""
    if isinstance(value, dict):
        return {
            name: "[redacted]" if name.lower() in SECRET_FIELDS else redact(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [redact(item) for item in value]
    return value


def parsed(text: str) -> Any:
    """The JSON value of `text`, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
