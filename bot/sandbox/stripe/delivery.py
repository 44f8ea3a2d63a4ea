"""Webhooks on their way: signed, in the chosen manner, retried, every attempt in a log."""

import heapq
import itertools
import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import httpx2
import stripe

from bot.sandbox import loopback
from bot.sandbox.stripe.books import Record

Manner = Literal["normal", "hold", "late", "duplicate", "shuffle", "never"]
MANNERS: tuple[str, ...] = get_args(Manner)
RETRY_SECONDS = (0.5, 2.0, 5.0)  # Stripe's sandbox: three more tries, over hours
POST_SECONDS = 15.0
SHUFFLE_SECONDS = 0.3
KEPT_ANSWER = 500
KEPT_DELIVERIES = 10_000


@dataclass(frozen=True)
class DeliveryMode:
    """late: `seconds` later. duplicate: `copies` in all. shuffle: a burst in random order."""

    manner: Manner = "normal"
    seconds: float = 0.0
    copies: int = 2

    def __post_init__(self) -> None:
        if self.manner not in MANNERS:
            raise ValueError(f"{self.manner!r} is none of {', '.join(MANNERS)}")


@dataclass(frozen=True)
class Delivery:
    """One attempt: `status` is the receiver's answer, None when there was none."""

    event_id: str
    event_type: str
    url: str
    attempt: int
    status: int | None
    answer: str
    at: float


@dataclass(order=True)
class _Waiting:
    due: float
    number: int
    event: Record = field(compare=False)
    url: str = field(compare=False)
    attempt: int = field(compare=False, default=1)


class WebhookSender:
    """A thread that posts events to every URL, one after the other."""

    def __init__(self, now: Callable[[], float], retries: Sequence[float] = RETRY_SECONDS) -> None:
        self.urls: list[str] = []
        self.secrets: list[str] = []
        self.event_types: frozenset[str] | None = None  # None: the endpoint asked for all
        self.mode = DeliveryMode()
        self.retries = tuple(retries)
        self.held: list[Record] = []
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self._now = now
        self._random = random.Random(42)  # noqa: S311  # an order, not a secret; repeatable
        self._numbers = itertools.count()
        self._queue: list[_Waiting] = []
        self._busy = False
        self._stopping = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(POST_SECONDS + 1)

    def endpoints(self) -> int:
        return len(self.urls)

    def publish(self, event: Record) -> None:
        if self.event_types is not None and event["type"] not in self.event_types:
            event["pending_webhooks"] = 0
        elif self.mode.manner == "hold":
            self.held.append(event)
        elif self.mode.manner != "never":
            for _ in range(self.mode.copies if self.mode.manner == "duplicate" else 1):
                self.send(event, self._delay())

    def _delay(self) -> float:
        if self.mode.manner == "shuffle":
            return self._random.uniform(0, SHUFFLE_SECONDS)
        return self.mode.seconds if self.mode.manner == "late" else 0.0

    def release(self, event_id: str | None = None) -> int:
        """Send what was held (all of it, or one event); how many were sent."""
        chosen = [event for event in self.held if event_id in {None, event["id"]}]
        self.held = [event for event in self.held if event not in chosen]
        for event in chosen:
            self.send(event)
        return len(chosen)

    def send(self, event: Record, delay: float = 0.0) -> None:
        """Queue one delivery to every URL, `delay` seconds from now."""
        with self._changed:
            for url in self.urls:
                due = time.monotonic() + delay
                heapq.heappush(self._queue, _Waiting(due, next(self._numbers), event, url))
            self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Whether, within `timeout` seconds, nothing was left to send or to retry."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._busy, timeout)

    def _run(self) -> None:
        with loopback.client(timeout=POST_SECONDS) as client:
            while (waiting := self._next()) is not None:
                self._deliver(client, waiting)

    def _next(self) -> _Waiting | None:
        with self._changed:
            self._busy = False
            while not self._stopping:
                self._changed.notify_all()
                pause = self._queue[0].due - time.monotonic() if self._queue else None
                if pause is not None and pause <= 0:
                    self._busy = True
                    return heapq.heappop(self._queue)
                self._changed.wait(pause)
            return None

    def _deliver(self, client: httpx2.Client, waiting: _Waiting) -> None:
        status, answer = self._post(client, waiting)
        event = waiting.event
        self.deliveries.append(
            Delivery(
                event["id"],
                event["type"],
                waiting.url,
                waiting.attempt,
                status,
                answer[:KEPT_ANSWER],
                self._now(),
            )
        )
        if status is not None and httpx2.codes.is_success(status):
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
        elif waiting.attempt <= len(self.retries):
            self._retry(waiting)

    def _retry(self, waiting: _Waiting) -> None:
        with self._changed:
            waiting.due = time.monotonic() + self.retries[waiting.attempt - 1]
            waiting.attempt += 1
            heapq.heappush(self._queue, waiting)

    def _post(self, client: httpx2.Client, waiting: _Waiting) -> tuple[int | None, str]:
        body = json.dumps(waiting.event, indent=2)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": self._signature(body),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            response = client.post(waiting.url, content=body.encode(), headers=headers)
        except httpx2.HTTPError as error:
            return None, type(error).__name__
        return response.status_code, response.text

    def _signature(self, body: str) -> str:
        """One timestamp and one v1 per secret: two while a secret is being rolled.

        The receiver compares with its own real clock, whatever the account's clock says.
        """
        moment = int(time.time())
        signed = stripe.WebhookSignature.generate_signature_header
        headers = [signed(body, secret, moment) for secret in self.secrets]
        return ",".join([headers[0], *(header.split(",", 1)[1] for header in headers[1:])])
