"""What Slack knows about the workspace and the people in it, remembered for five minutes."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

log = logging.getLogger(__name__)

Standing = Literal["member", "guest", "bot", "deactivated", "stranger"]

REMEMBERED_SECONDS = 300.0
_MOST = 5000  # people


@dataclass
class Directory:
    """Safe to use from any thread. `seconds` is a monotonic clock."""

    seconds: Callable[[], float] = time.monotonic
    _team: str = ""
    _known: dict[str, tuple[float, Standing]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def team_id(self, client: WebClient) -> str:
        """Our own workspace, asked for once. Raises whatever the client raises."""
        if not self._team:  # not under the lock: while Slack hangs nobody waits for another's try
            self._team = str(client.auth_test()["team_id"])
        return self._team

    def standing(self, client: WebClient, person_id: str) -> Standing:
        """When Slack cannot be asked, the last answer holds, and without one the role table."""
        now = self.seconds()
        at, known = self._known.get(person_id, (float("-inf"), None))
        if known is not None and now - at < REMEMBERED_SECONDS:
            return known
        try:
            fresh = _ask(client, person_id, self._team)
        except (SlackApiError, SlackClientError, URLError, OSError):
            log.warning("Slack was asked about a person and did not answer", exc_info=True)
            return known or "member"
        self._remember(person_id, now, fresh)
        return fresh

    def _remember(self, person_id: str, now: float, standing: Standing) -> None:
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[person_id] = (now, standing)


def _ask(client: WebClient, person_id: str, team: str) -> Standing:
    try:
        user = client.users_info(user=person_id).get("user") or {}
    except SlackApiError as error:
        if error.response.get("error") in {"user_not_found", "user_not_visible"}:
            return "stranger"
        raise
    if team not in _homes(user, default=team):
        return "stranger"
    kinds: tuple[tuple[Standing, tuple[str, ...]], ...] = (
        ("deactivated", ("deleted",)),
        ("bot", ("is_bot",)),
        ("stranger", ("is_stranger",)),
        ("guest", ("is_restricted", "is_ultra_restricted")),
    )
    return next((kind for kind, flags in kinds if any(user.get(f) for f in flags)), "member")


def _homes(user: dict[str, Any], *, default: str) -> set[str]:
    """The workspaces a person belongs to: one, or several of an organisation."""
    several = (user.get("enterprise_user") or {}).get("teams") or []
    return {str(user.get("team_id") or default), *several}
