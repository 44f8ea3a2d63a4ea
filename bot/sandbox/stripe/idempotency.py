"""Answers kept under their Idempotency-Key for 24 hours, saved 500s included."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.stripe.errors import invalid, key_in_use, key_reused

KEPT_SECONDS = 24 * 60 * 60
MAX_KEY = 255


@dataclass(frozen=True)
class SavedAnswer:
    status: int
    body: dict[str, Any]
    request_id: str


@dataclass
class _Entry:
    fingerprint: str
    since: float
    answer: SavedAnswer | None = None


@dataclass
class IdempotencyKeys:
    """Callers hold the books' lock around each method."""

    now: Callable[[], float]
    _entries: dict[str, _Entry] = field(default_factory=dict)

    def begin(self, key: str, path: str, params: dict[str, Any]) -> SavedAnswer | None:
        """The saved answer, or None: then `finish` or `forget` must follow.

        ApiError 400 when the key was used with other parameters, 409 while its first request runs.
        """
        if len(key) > MAX_KEY:
            raise invalid(f"Idempotency keys can be at most {MAX_KEY} characters.")
        fingerprint = _fingerprint(path, params)
        entry = self._entries.get(key)
        if entry is None or entry.since + KEPT_SECONDS < self.now():
            self._entries[key] = _Entry(fingerprint, self.now())
            return None
        if entry.fingerprint != fingerprint:
            raise key_reused(key)
        if entry.answer is None:
            raise key_in_use(key)
        return entry.answer

    def finish(self, key: str, answer: SavedAnswer) -> None:
        self._entries[key].answer = answer

    def forget(self, key: str) -> None:
        """A request that failed validation saves nothing: the key is free again."""
        self._entries.pop(key, None)


def _fingerprint(path: str, params: dict[str, Any]) -> str:
    text = json.dumps([path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
