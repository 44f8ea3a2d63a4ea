"""The policy of deliveries in numbers: leases, retries, when to give up (DESIGN, decision 2)."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.deliveries import Delivery, DeliveryKind

# Longer than everything a worker does under it: waiting for a renderer 60 s, rendering 100 s, and
# an SMTP conversation of 120 s.
LEASE = timedelta(seconds=300)
# A document that does not render, or a worker that vanishes over it, is tried so often.
MAX_SETBACKS = 5
# After a first try whose outcome is not known there is one more, under the same Message-ID.
MAX_AMBIGUOUS = 2
_SPREAD = 0.2


@dataclass(frozen=True, slots=True)
class Retries:
    """Waits of `first`, doubled each time up to `longest`, until `give_up` after the first try."""

    first: timedelta
    longest: timedelta
    give_up: timedelta
    after_ambiguity: timedelta  # before trying again what may have arrived

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after the attempt of that number (from 1), with jitter."""
        doubled = self.first * (1 << min(max(attempt - 1, 0), 20))
        jitter = random.uniform(1 - _SPREAD, 1)  # noqa: S311 -- spreads load, hides nothing
        return min(doubled, self.longest) * jitter


RETRIES: dict[DeliveryKind, Retries] = {
    "email": Retries(
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        give_up=timedelta(days=1),
        after_ambiguity=timedelta(minutes=10),
    ),
    # A post holds up the others of its channel, so everything is shorter.
    "slack": Retries(
        first=timedelta(seconds=5),
        longest=timedelta(minutes=2),
        give_up=timedelta(minutes=30),
        after_ambiguity=timedelta(minutes=1),
    ),
}


def next_try(row: Delivery, real: datetime, *, told: float | None = None) -> datetime | None:
    """When to try again, `told` seconds from now if the other side named a time; None: give up."""
    retries = RETRIES[row.kind]
    wait = retries.wait(row.attempts) if told is None else timedelta(seconds=told)
    started = row.first_tried_at or real
    return None if real + wait > started + retries.give_up else real + wait
