"""The loop that drains the inbox of gateway events, makes refunds, and expires sessions."""

import logging
import threading
from collections.abc import Callable

from commands.access import SETTLER
from commands.desk import Desk
from commands.refund.carry_out import carry_out_next
from commands.take_payment import chores, events

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
_AFTER_ERROR_SECONDS = 5.0
_WORK = (events.handle_next, carry_out_next, chores.expire_superseded)


def run(desk: Desk, stop: threading.Event, *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Work until `stop` is set; the item in hand is finished."""
    while not stop.is_set():
        if not any(_try(desk, work, stop) for work in _WORK):
            stop.wait(idle_seconds)


def drain(desk: Desk) -> int:
    """Handle what is due now; how many events were taken."""
    handled = 0
    while events.handle_next(SETTLER, desk):
        handled += 1
    while carry_out_next(SETTLER, desk):
        pass
    while chores.expire_superseded(SETTLER, desk):
        pass
    return handled


def _try(desk: Desk, work: Callable[..., bool], stop: threading.Event) -> bool:
    """False when there was nothing to do, or when the database did not let us."""
    try:
        return work(SETTLER, desk)
    except Exception:
        log.exception("a turn of the inbox broke", extra={"work": work.__name__})
        stop.wait(_AFTER_ERROR_SECONDS)
        return False
