"""Keeping what Aging / Statements reads: balances that ended are computed and kept again."""

from commands.access import Permission, SystemActor, require
from commands.desk import Desk
from storage import balance_keeping
from storage.unit_of_work import repeatable

AT_A_TIME = 500  # customers: some ten milliseconds, so that nobody waits for the right to write


def keep_balances(actor: SystemActor, desk: Desk) -> int:
    """All that ended until now, and those that a new day has put into another class."""
    kept, last = 0, AT_A_TIME
    while last == AT_A_TIME:
        last = _keep_some(actor, desk)
        kept += last
    return kept


@repeatable
def _keep_some(actor: SystemActor, desk: Desk) -> int:
    require(actor, Permission.KEEP_BALANCES)
    today = desk.policy.today(desk.clock.now())
    with desk.database.writing() as session:
        return balance_keeping.keep_ended(session, today, AT_A_TIME)
