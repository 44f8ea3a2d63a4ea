"""response_url: an address that lets the bot answer one act, 5 times within 30 minutes."""

import secrets
import time
from dataclasses import dataclass, field

POSTS = 5
LIFETIME_SECONDS = 30 * 60.0


@dataclass
class ResponseUrl:
    """`message_ts` is the message whose button was pressed, None after a command."""

    person_id: str
    channel_id: str
    message_ts: str | None
    issued_at: float = field(default_factory=time.monotonic)
    posts: int = 0


class ResponseUrls:
    def __init__(self) -> None:
        self.issued: dict[str, ResponseUrl] = {}
        self.lifetime = LIFETIME_SECONDS

    def issue(self, person_id: str, channel_id: str, message_ts: str | None) -> str:
        """Return the path to post to."""
        name = secrets.token_urlsafe(18)
        self.issued[name] = ResponseUrl(person_id, channel_id, message_ts)
        return f"/response/{name}"

    def take(self, name: str) -> ResponseUrl | str:
        """Count one post; the error code if it comes too late or too often."""
        target = self.issued.get(name)
        if target is None or time.monotonic() - target.issued_at > self.lifetime:
            return "expired_url"
        if target.posts >= POSTS:
            return "used_url"
        target.posts += 1
        return target
