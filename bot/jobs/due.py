"""Everything that is due at one instant, once, until nothing is left that can be done."""

from collections.abc import Callable

from commands.access import DELIVERER, HOUSEKEEPER, SETTLER
from commands.approvals.service import expire_overdue
from commands.deliver.service import deliver_next
from commands.desk import Carriers, Desk
from commands.refund.carry_out import carry_out_next
from commands.take_payment.chores import expire_superseded, reconcile
from commands.take_payment.events import handle_next
from commands.take_payment.history import catch_up

RECONCILED_AT_ONCE = 500


def run_due(desk: Desk, carriers: Carriers) -> dict[str, int]:
    """Counts of what was done: reconciled attempts, events, refunds, expired requests and sessions,
    deliveries.

    Money first: what a payment causes to be mailed is then delivered in the same run.
    """
    counts = {"reconciled": reconcile(SETTLER, desk, limit=RECONCILED_AT_ONCE)}
    counts["events_caught_up"] = catch_up(SETTLER, desk)
    counts["gateway_events"] = _drain(lambda: handle_next(SETTLER, desk))
    counts["refunds"] = _drain(lambda: carry_out_next(SETTLER, desk))
    counts["requests_expired"] = expire_overdue(HOUSEKEEPER, desk)
    counts["sessions_expired"] = _drain(lambda: expire_superseded(SETTLER, desk))
    counts["deliveries"] = _drain(lambda: deliver_next(DELIVERER, desk, carriers))
    return counts


def _drain(step: Callable[[], bool]) -> int:
    done = 0
    while step():
        done += 1
    return done
