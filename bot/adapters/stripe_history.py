"""What happened at Stripe, read from its list of events: it keeps them for thirty days."""

import logging
from collections import deque
from collections.abc import Iterator
from datetime import datetime

import stripe

from bot.adapters.stripe_client import translated
from bot.adapters.stripe_events import NotAnEvent, received_event
from commands.ports import ReceivedEvent
from commands.take_payment.events import EVENT_TYPES

log = logging.getLogger(__name__)
PAGE = 100  # the most that Stripe gives at once


class StripeHistory:
    """`commands.ports.GatewayHistory`."""

    def __init__(self, client: stripe.StripeClient, *, livemode: bool) -> None:
        self._events = client.v1.events
        self._livemode = livemode

    def events_since(self, instant: datetime, *, limit: int) -> list[ReceivedEvent]:
        """Stripe lists the newest first, so the whole list is read and its end is kept."""
        with translated():
            oldest = deque(self._listed(instant), maxlen=limit)
        return list(reversed(oldest))

    def _listed(self, instant: datetime) -> Iterator[ReceivedEvent]:
        found = self._events.list(
            {
                "types": sorted(EVENT_TYPES),
                "created": {"gte": int(instant.timestamp())},
                "limit": PAGE,
            }
        )
        for told in found.auto_paging_iter():
            event = self._usable(told)
            if event is not None:
                yield event

    def _usable(self, told: stripe.Event) -> ReceivedEvent | None:
        """One that cannot be read must not hide all the others."""
        try:
            event = received_event(told.to_dict())
        except NotAnEvent as error:
            log.warning("an event of Stripe's list was left out", extra={"why": str(error)})
            return None
        if event.livemode != self._livemode:
            log.warning("an event of the other mode was left out", extra={"event_id": event.id})
            return None
        return event
