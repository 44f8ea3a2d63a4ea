"""Trigger ids: proof that a person just did something, good for one modal and 3 seconds."""

import secrets
import time
from dataclasses import dataclass, field

from bot.sandbox.slack.errors import SlackError

LIFETIME_SECONDS = 3.0


@dataclass
class Trigger:
    """One act of a person; `view_id` names the modal it happened in."""

    id: str
    person_id: str
    channel_id: str | None
    view_id: str | None
    issued_at: float = field(default_factory=time.monotonic)
    used_for: str | None = None


class Triggers:
    """`lifetime` in seconds."""

    def __init__(self, lifetime: float = LIFETIME_SECONDS) -> None:
        self.lifetime = lifetime
        self.issued: dict[str, Trigger] = {}

    def issue(self, person_id: str, channel_id: str | None, view_id: str | None) -> str:
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.issued[name] = Trigger(name, person_id, channel_id, view_id)
        return name

    def check(self, name: object) -> Trigger:
        """Return the trigger if it can still open a modal, else raise SlackError."""
        trigger = self.issued.get(name) if isinstance(name, str) else None
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used_for is not None:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued_at > self.lifetime:
            raise SlackError("expired_trigger_id")
        return trigger
