"""The account's objects in memory, and the stream of events about them."""

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe

from bot.sandbox.stripe.errors import missing_resource
from bot.sandbox.stripe.members import unset_members

Record = dict[str, Any]
API_VERSION = stripe.api_version


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{secrets.token_hex(length)[:length]}"


def snapshot(record: Record) -> Record:
    """A copy that later changes do not reach: records are what JSON can hold, and this is quick."""
    copied: Record = json.loads(json.dumps(record))
    return copied


@dataclass(frozen=True)
class Cause:
    """The API request an event comes from; empty when it was the payer, the bank or time."""

    request_id: str | None = None
    idempotency_key: str | None = None


class Books:
    """Every object by id. Callers hold `lock` across one act, so that an act is seen whole."""

    def __init__(self, now: Callable[[], float], merchant_name: str) -> None:
        self.lock = threading.RLock()
        self.now = now
        self.merchant_name = merchant_name
        self.public_url = ""
        self.charges_enabled = True
        self.open_sessions: dict[str, Record] = {}  # may hold some that are closed by now
        self.line_items: dict[str, list[Record]] = {}  # by session id
        self.intent_params: dict[str, Record] = {}  # `payment_intent_data` by session id
        self.paid_out: dict[str, str] = {}  # balance transaction id -> payout id
        self.bank_plans: dict[str, str] = {}  # payment intent id -> "settles" | "fails"
        self.endpoints: Callable[[], int] = lambda: 0
        self.publish: Callable[[Record], None] = lambda _event: None
        self._objects: dict[str, Record] = {}
        self._by_kind: dict[str, list[Record]] = {}
        self._cause = Cause()

    def time(self) -> int:
        return int(self.now())

    def add(self, record: Record) -> Record:
        """Keep `record`, completed by the optional members its class in stripe-python has."""
        for name in unset_members(record["object"]):
            record.setdefault(name, None)
        self._objects[record["id"]] = record
        self._by_kind.setdefault(record["object"], []).append(record)
        return record

    @property
    def size(self) -> int:
        """How many objects there are; it grows with every event."""
        return len(self._objects)

    def find(self, given: str) -> Record | None:
        return self._objects.get(given)

    def get(self, kind: str, given: str, param: str = "id", status: int = 404) -> Record:
        """The object of this kind; ApiError `resource_missing` otherwise."""
        record = self._objects.get(given)
        if record is None or record["object"] != kind:
            raise missing_resource(kind, given, param, status)
        return record

    def all(self, kind: str) -> list[Record]:
        """Objects of one kind, newest first."""
        newest_first = self._by_kind.get(kind, [])[::-1]
        return sorted(newest_first, key=lambda record: -record["created"])

    def forget_events(self) -> int:
        """As Stripe does after thirty days; how many there were."""
        forgotten = self._by_kind.pop("event", [])
        for event in forgotten:
            del self._objects[event["id"]]
        return len(forgotten)

    @contextmanager
    def caused_by(self, cause: Cause) -> Iterator[None]:
        before, self._cause = self._cause, cause
        try:
            yield
        finally:
            self._cause = before

    def emit(self, event_type: str, record: Record, **overrides: Any) -> Record:
        """Publish a snapshot of `record`; `overrides` are members as they were at that moment."""
        event: Record = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.time(),
            "data": {"object": {**snapshot(record), **overrides}},
            "livemode": False,
            "pending_webhooks": self.endpoints(),
            "request": {
                "id": self._cause.request_id,
                "idempotency_key": self._cause.idempotency_key,
            },
            "type": event_type,
        }
        self.publish(self.add(event))
        return event
