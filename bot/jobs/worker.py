"""The `worker` verb: deliveries and gateway events until SIGTERM, then the items in hand."""

import logging
import threading

from bot.account_check import checked_desk
from bot.jobs import deliver, gateway_events
from bot.settings import Settings
from bot.stopping import stop_on_signal
from bot.wiring import carriers

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    own, ways_out = checked_desk(settings), carriers(settings)
    stop = stop_on_signal()
    threads = [
        threading.Thread(target=deliver.run, args=(own, ways_out, stop), name="deliver"),
        threading.Thread(target=gateway_events.run, args=(own, stop), name="gateway-events"),
    ]
    for thread in threads:
        thread.start()
    log.info("worker started")
    stop.wait()
    for thread in threads:
        thread.join()
    own.pdfs.close()
    log.info("worker stopped")
    return 0
