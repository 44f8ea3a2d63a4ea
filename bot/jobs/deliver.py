"""The worker's threads that deliver mails and Slack posts; the policy is commands.deliver."""

import logging
import threading
from collections.abc import Sequence

from commands.access import DELIVERER
from commands.deliver.service import EVERY_KIND, deliver_next
from commands.desk import Carriers, Desk
from storage.deliveries import DeliveryKind

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
THREADS = 4


def run(desk: Desk, carriers: Carriers, stop: threading.Event, *, threads: int = THREADS) -> None:
    """Deliver until `stop` is set, then return after the items in hand."""
    workers = [
        threading.Thread(
            target=_turns, args=(desk, carriers, stop, _kinds(number)), name=f"deliver-{number}"
        )
        for number in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _kinds(number: int) -> Sequence[DeliveryKind]:
    """The first thread is Slack's alone and the second the mail's, so that neither waits for the
    other when one of them hangs; further ones help where there is work.
    """
    own: dict[int, Sequence[DeliveryKind]] = {0: ("slack",), 1: ("email",)}
    return own.get(number, EVERY_KIND)


def _turns(
    desk: Desk, carriers: Carriers, stop: threading.Event, kinds: Sequence[DeliveryKind]
) -> None:
    while not stop.is_set():
        if not _turn(desk, carriers, kinds):
            stop.wait(IDLE_SECONDS)


def _turn(desk: Desk, carriers: Carriers, kinds: Sequence[DeliveryKind]) -> bool:
    try:
        return deliver_next(DELIVERER, desk, carriers, kinds=kinds)
    except Exception:
        log.exception("a turn of the delivery broke")
        return False
