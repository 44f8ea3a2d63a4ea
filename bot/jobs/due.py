"""Everything that is due at one instant, once, until nothing is left that can be done."""

from collections.abc import Callable
from pathlib import Path

from commands.access import AUTOMATIC, BATCHER, DELIVERER, HOUSEKEEPER, IMPORTER, SCHEDULER, SETTLER
from commands.aging.keeping import keep_balances
from commands.approvals.reminding import remind
from commands.approvals.service import expire_overdue
from commands.automatic_invoices.service import report_next, send_next
from commands.batches.telling import tell
from commands.bulk_send.preparing import prepare_next
from commands.compare_gateway.service import compare_if_due
from commands.deliver.service import deliver_next
from commands.desk import Carriers, Desk
from commands.dispute import reminding as disputes
from commands.payments_account.service import refresh
from commands.period_end.run import look as period_ends
from commands.refund.carry_out import carry_out_next
from commands.take_payment.chores import expire_superseded, reconcile
from commands.take_payment.events import handle_next
from commands.take_payment.history import catch_up
from commands.unattended_import import service as unattended_import

RECONCILED_AT_ONCE = 500


def run_due(desk: Desk, carriers: Carriers, import_dir: Path | None = None) -> dict[str, int]:
    """Counts of what was done: imports, attempts, events, refunds, steps of the nightly
    comparison, expired requests, reminders, expired sessions, steps of period ends, automatic
    invoices, portions of bulk sends, deliveries, balances computed anew.

    The data first, then the money: what they cause to be mailed is delivered in the same run.
    """
    counts = {"imports": int(look(desk, import_dir))} if import_dir else {}
    refresh(SETTLER, desk)
    counts |= {"reconciled": reconcile(SETTLER, desk, limit=RECONCILED_AT_ONCE)}
    counts["events_caught_up"] = catch_up(SETTLER, desk)
    counts["gateway_events"] = _drain(lambda: handle_next(SETTLER, desk))
    counts["refunds"] = _drain(lambda: carry_out_next(SETTLER, desk))
    counts["compared"] = compare_if_due(SETTLER, desk)
    counts["requests_expired"] = expire_overdue(HOUSEKEEPER, desk)
    counts["reminders"] = remind(HOUSEKEEPER, desk) + disputes.remind(HOUSEKEEPER, desk)
    counts["sessions_expired"] = _drain(lambda: expire_superseded(SETTLER, desk))
    counts["period_ends"] = period_ends(SCHEDULER, desk)
    counts["automatic_invoices"] = _drain(lambda: send_next(AUTOMATIC, desk))
    counts["bulk_sends"] = _drain(lambda: prepare_next(BATCHER, desk))
    counts["deliveries"] = _drain(lambda: deliver_next(DELIVERER, desk, carriers))
    # The mails that they tell of are settled only now.
    while _drain(lambda: report_next(AUTOMATIC, desk)) + tell(BATCHER, desk):
        counts["deliveries"] += _drain(lambda: deliver_next(DELIVERER, desk, carriers))
    counts["balances"] = keep_balances(HOUSEKEEPER, desk)
    return counts


def look(desk: Desk, import_dir: Path) -> bool:
    """At the watched folder, and at when it was last of use."""
    took = unattended_import.look(IMPORTER, desk, folder=import_dir)
    unattended_import.tell_if_overdue(IMPORTER, desk)
    return took


def _drain(step: Callable[[], bool]) -> int:
    done = 0
    while step():
        done += 1
    return done
