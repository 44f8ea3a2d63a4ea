"""The `clock` verb. APScheduler only says "look now": what makes an act happen once is a row."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from bot.account_check import checked_desk
from bot.jobs.due import look
from bot.settings import Settings
from bot.stopping import stop_on_signal
from commands.access import AUTOMATIC, BATCHER, HOUSEKEEPER, SCHEDULER, SETTLER
from commands.aging.keeping import keep_balances
from commands.approvals.reminding import remind
from commands.approvals.service import expire_overdue
from commands.automatic_invoices.service import report_next, send_next
from commands.batches.telling import tell
from commands.bulk_send.preparing import prepare_next
from commands.compare_gateway.service import compare_if_due
from commands.desk import Desk
from commands.dispute import reminding as disputes
from commands.errors import PayError
from commands.housekeeping import forget_old
from commands.payments_account.service import refresh
from commands.period_end.run import look as period_ends
from commands.take_payment.chores import reconcile
from commands.take_payment.history import catch_up

log = logging.getLogger(__name__)

PREPARE_SECONDS = 2.0  # less than a look at batches, so that each is over before the next one
RECONCILED_AT_ONCE = 200


def run(settings: Settings) -> int:
    own = checked_desk(settings)
    import_dir = settings.import_dir
    keep_days = settings.whole("KEEP_DOCUMENTS_DAYS", 400)
    stop = stop_on_signal()
    scheduler = _scheduler(own, keep_days, stop)
    if import_dir is not None:
        _watch(scheduler, own, import_dir, stop)
    scheduler.start()
    log.info("clock started")
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("clock stopped")
    return 0


@dataclass(frozen=True, slots=True)
class Job:
    """One look at what may be due, every so many seconds."""

    name: str
    seconds: int
    look: Callable[[], object]


def _jobs(desk: Desk, stop: threading.Event) -> tuple[Job, ...]:
    def running() -> bool:
        return not stop.is_set()

    return (
        Job("batches", 3, lambda: send_batches(desk, stop)),  # no message is edited more often
        Job("automatic_invoices", 15, lambda: mail_automatic_invoices(desk, stop)),
        Job("keep_balances", 20, lambda: keep_balances(HOUSEKEEPER, desk)),
        Job("period_ends", 60, lambda: period_ends(SCHEDULER, desk, go_on=running)),
        Job("reconcile", 300, lambda: reconcile(SETTLER, desk, limit=RECONCILED_AT_ONCE)),
        Job("payments_account", 300, lambda: refresh(SETTLER, desk)),
        # Whether the night has come, and whether it can go on.
        Job("comparison", 300, lambda: compare_if_due(SETTLER, desk, stopping=stop.is_set)),
        Job("catch_up", 300, lambda: catch_up(SETTLER, desk)),
        Job("expire_requests", 300, lambda: expire_overdue(HOUSEKEEPER, desk)),
        Job("remind", 300, lambda: remind(HOUSEKEEPER, desk)),
        Job("remind_of_disputes", 300, lambda: disputes.remind(HOUSEKEEPER, desk)),
    )


def _scheduler(desk: Desk, keep_days: int, stop: threading.Event) -> BackgroundScheduler:
    """A look that was missed is caught up once (coalesce, no grace limit)."""
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    scheduler = BackgroundScheduler(timezone=desk.policy.timezone, job_defaults=defaults)
    for job in _jobs(desk, stop):
        _add(scheduler, desk, job.look, job.name, "interval", seconds=job.seconds)

    def forget() -> None:
        forget_old(HOUSEKEEPER, desk, keep_days=keep_days)

    # Between 04:00 and 23:59 no clock change hides or repeats an hour.
    _add(scheduler, desk, forget, "forget", "cron", hour=4)
    return scheduler


def _watch(scheduler: BackgroundScheduler, desk: Desk, folder: Path, stop: threading.Event) -> None:
    def glance() -> None:
        if look(desk, folder):
            mail_automatic_invoices(desk, stop)

    _add(scheduler, desk, glance, "import_folder", "interval", seconds=30)


def _add(
    scheduler: BackgroundScheduler,
    desk: Desk,
    act: Callable[[], Any],
    name: str,
    trigger: str,
    **when: int,
) -> None:
    scheduler.add_job(_surviving(act, name), trigger, id=name, next_run_time=_now(desk), **when)


def mail_automatic_invoices(desk: Desk, stop: threading.Event) -> None:
    """Until none waits, or the process is to end: then the others wait in the database."""
    while not stop.is_set() and (send_next(AUTOMATIC, desk) or report_next(AUTOMATIC, desk)):
        pass


def send_batches(desk: Desk, stop: threading.Event) -> None:
    """Queue mails of bulk sends for a while, then tell how they go; the next look goes on."""
    until = time.monotonic() + PREPARE_SECONDS
    while not stop.is_set() and time.monotonic() < until and prepare_next(BATCHER, desk):
        pass
    tell(BATCHER, desk)


def _now(desk: Desk) -> Any:
    return desk.clock.now()


def _surviving(act: Callable[[], Any], name: str) -> Callable[[], None]:
    def look() -> None:
        try:
            act()
        except PayError as error:
            log.warning("could not look", extra={"job": name, "reason": error.sentence})

    return look
