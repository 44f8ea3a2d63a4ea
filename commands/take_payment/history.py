"""Catching up by the gateway's own history: what no webhook told goes into the same inbox."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.errors import GatewayUnavailable, Refused
from commands.ports import ReceivedEvent
from commands.take_payment import events
from storage import checkouts, cursors
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)

CURSOR = "gateway_events"
OVERLAP = timedelta(minutes=10)  # the gateway may list an event some time after it was made
FIRST_LOOK = timedelta(days=1)
AT_ONCE = 5_000  # events held in memory


def catch_up(actor: AnyActor, desk: Desk) -> int:
    """Put events that the inbox does not know into it; how many they were.

    An event is known by the id that its webhook has too. While the gateway does not answer the
    cursor stays where it is, and the next look begins there.
    """
    require(actor, Permission.RECONCILE)
    if desk.gateway.account.state().status == "not_connected":
        return 0
    try:
        return _read_on(desk, _beginning(desk))
    except (GatewayUnavailable, Refused) as error:
        log.warning("the gateway's events could not be listed", extra={"why": error.sentence})
        return 0


def _beginning(desk: Desk) -> datetime:
    with desk.database.reading() as session:
        cursor = cursors.position(session, CURSOR)
        if cursor is not None:
            return cursor - OVERLAP
        first = desk.clock.real() - FIRST_LOOK
        return min(first, checkouts.oldest_unfinished(session) or first)


def _read_on(desk: Desk, since: datetime) -> int:
    """Batch by batch, each kept before the cursor passes it."""
    new, limit = 0, AT_ONCE
    while True:
        batch = desk.gateway.history.events_since(since, limit=limit)
        new += sum(events.store_event(desk, event) for event in batch)
        reached = _newest(batch, since)
        _advance(desk, reached)
        if len(batch) < limit:
            return new
        # Times are whole seconds: the last one is read again, and wholly, however much it holds.
        limit = AT_ONCE if reached > since else limit * 2
        since = reached


def _newest(batch: Sequence[ReceivedEvent], since: datetime) -> datetime:
    return max((event.created for event in batch if event.created), default=since)


@repeatable
def _advance(desk: Desk, reached: datetime) -> None:
    with desk.database.writing() as session:
        cursors.advance(session, CURSOR, reached)
