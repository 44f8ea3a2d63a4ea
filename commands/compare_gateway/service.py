"""Every night ledger and gateway are compared. What differs is told, never mended in silence.

The day's row makes it happen once. A step reads one page and commits what it found with the
cursor, so that whoever comes next goes on where the last one stopped.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import AnyActor, Permission, require
from commands.compare_gateway import again, ours, overdue, theirs
from commands.compare_gateway.found import Found
from commands.desk import Desk
from commands.errors import GatewayUnavailable, Refused
from commands.take_payment.history import catch_up
from storage import balance, checkouts, comparisons, gateway_accounts, gateway_events
from storage.comparisons import Comparison
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)

NIGHT_HOUR = 4  # company time; from here to midnight no clock change hides or repeats an hour
_STAGES: dict[str, Callable[[Desk, Comparison], Found]] = {
    "movements": theirs.movements,
    "disputes": theirs.every_dispute,
    "payouts": theirs.payouts,
    "payout_contents": theirs.contents,
    "our_payments": ours.payments,
    "our_refunds": ours.refunds,
    "our_disputes": ours.open_disputes,
    "late_payments": overdue.payments,
    "late_refunds": overdue.refunds,
    "late_orders": overdue.orders,
    "late_payouts": overdue.payouts,
    "once_more": again.look,
}
_ORDER = tuple(_STAGES)
_OVERLAP = timedelta(days=2)  # read again: what became known late, or moved on since
_FURTHEST = timedelta(days=14)  # a difference that nobody mends is looked at again so long
_FIRST_LOOK = timedelta(days=1)
_LEASE = timedelta(minutes=5)
_INBOX_PATIENCE = timedelta(hours=1)
_INBOX_LAG = timedelta(minutes=1)


def compare_if_due(
    actor: AnyActor, desk: Desk, *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Begin the night's comparison if its time has come, and go on with it; how many steps.

    It waits until the inbox has been worked off, so that nothing is called a difference that is
    only on its way.
    """
    require(actor, Permission.RECONCILE)
    _begin(actor, desk)
    steps = 0
    while not stopping() and _may_go_on(actor, desk) and compare_next(actor, desk):
        steps += 1
    return steps


def compare_next(actor: AnyActor, desk: Desk) -> bool:
    """Make one step; False when there is none to make now."""
    require(actor, Permission.RECONCILE)
    comparison = _claim(desk)
    if comparison is None:
        return False
    try:
        found = _STAGES[comparison.stage](desk, comparison)
    except (GatewayUnavailable, Refused) as error:
        why = {"stage": comparison.stage, "why": error.sentence}
        log.warning("the comparison could not go on", extra=why)
        _let_go(desk, comparison, error.sentence)
        return False
    _keep(actor, desk, comparison, found)
    return True


def night_of(desk: Desk) -> date:
    """The company's day whose night has come last."""
    local = desk.clock.now().astimezone(desk.policy.timezone).replace(tzinfo=None)
    return (local - timedelta(hours=NIGHT_HOUR)).date()


def _may_go_on(actor: AnyActor, desk: Desk) -> bool:
    """Before the first look, and before the last one at what differs, the inbox is worked off."""
    with desk.database.reading() as session:
        running = comparisons.running(session)
        if running is None:
            return False
        differs = comparisons.count_differences(session, running.day) > 0
    if running.cursor:
        return True
    if running.stage == _ORDER[0]:
        return not _is_behind(actor, desk, running, before=running.until + _INBOX_LAG)
    if running.stage == _ORDER[-1] and differs:
        return not _is_behind(actor, desk, running, before=desk.clock.real() + _INBOX_LAG)
    return True


def _is_behind(actor: AnyActor, desk: Desk, running: Comparison, *, before: datetime) -> bool:
    catch_up(actor, desk)
    if desk.clock.real() > running.started_at + _INBOX_PATIENCE:
        return False
    with desk.database.reading() as session:
        return gateway_events.is_waiting(session, before=before)


@repeatable
def _begin(actor: AnyActor, desk: Desk) -> None:
    if desk.gateway.account.state().status == "not_connected":
        return
    day, real = night_of(desk), desk.clock.real()
    with desk.database.reading() as session:
        account = gateway_accounts.known(session)
        if comparisons.find(session, day) is not None or (account and account.problem):
            return
    with desk.database.writing() as session:
        _give_up(session, actor, desk)
        if comparisons.find(session, day) is None:
            since = _since(session, real)
            row = Comparison(day=day, since=since, until=real, stage=_ORDER[0], started_at=real)
            session.add(row)


def _since(session: Session, until: datetime) -> datetime:
    """Where the last one ended, or the earliest of what differed then."""
    last = comparisons.last(session, finished=True)
    if last is None:
        first = until - _FIRST_LOOK
        return min(first, checkouts.oldest(session) or first)
    again = last.until - _OVERLAP
    differed = comparisons.earliest_difference(session, last.day)
    if differed is None:
        return again
    return min(again, max(differed, until - _FURTHEST))


def _give_up(session: Session, actor: AnyActor, desk: Desk) -> None:
    """A comparison that the next night finds unfinished; told once, not every night."""
    row = comparisons.running(session)
    if row is None:
        return
    earlier = comparisons.last_before(session, row)
    row.status, row.finished_at = "unfinished", desk.clock.real()
    row.lease_token = row.leased_until = None
    session.add(row)
    session.flush()
    auditing.record(session, actor, desk, "compare_gateway", str(row.day), outcome="refused")
    if earlier is not None and earlier.status == "unfinished":
        return
    why = f": {row.error}" if row.error else "."
    text = f"Ledger and Stripe could not be compared for {row.day:%d %b %Y}{why}"
    channel, now = desk.policy.payments_channel, desk.clock.now()
    key = f"comparison-unfinished:{row.day}"
    outbox.queue_notice(session, key=key, text=text, channel=channel, now=now)


@repeatable
def _claim(desk: Desk) -> Comparison | None:
    real = desk.clock.real()
    with desk.database.reading() as session:
        if comparisons.running(session) is None:
            return None
    with desk.database.writing() as session:
        row = comparisons.claimable(session, real)
        if row is not None:
            row.lease_token, row.leased_until = uuid.uuid4().hex, real + _LEASE
            session.add(row)
        return row


@repeatable
def _let_go(desk: Desk, claimed: Comparison, why: str) -> None:
    with desk.database.writing() as session:
        row = comparisons.held_by(session, claimed.day, claimed.lease_token)
        if row is not None:
            row.error, row.lease_token, row.leased_until = why, None, None
            session.add(row)


@repeatable
def _keep(actor: AnyActor, desk: Desk, claimed: Comparison, found: Found) -> None:
    """Write what the step found, and where the next one begins."""
    with desk.database.writing() as session:
        row = comparisons.held_by(session, claimed.day, claimed.lease_token)
        if row is None:  # the lease lapsed and somebody else makes this step
            return
        balance.keep(session, found.movements)
        balance.keep_payouts(session, found.payouts)
        for difference in found.differences:
            comparisons.add_difference(session, difference)
        comparisons.drop_differences(session, row.day, found.settled)
        row.compared += found.compared
        row.error, row.lease_token, row.leased_until = "", None, None
        _move_on(session, actor, desk, row, found)
        session.add(row)


def _move_on(session: Session, actor: AnyActor, desk: Desk, row: Comparison, found: Found) -> None:
    if found.next is not None:
        row.cursor = found.next
        return
    following = _ORDER.index(row.stage) + 1
    row.cursor = ""
    if following < len(_ORDER):
        row.stage = _ORDER[following]
    else:
        _finish(session, actor, desk, row)


def _finish(session: Session, actor: AnyActor, desk: Desk, row: Comparison) -> None:
    """All well: nothing is posted, the row says so."""
    number = comparisons.count_differences(session, row.day)
    row.status, row.finished_at = "differs" if number else "matched", desk.clock.real()
    if number:
        day = row.day.isoformat()
        channel, now = desk.policy.payments_channel, desk.clock.now()
        payload = {"comparison": day}
        outbox.queue_news(session, "comparison", key=day, payload=payload, channel=channel, now=now)
    auditing.record(
        session,
        actor,
        desk,
        "compare_gateway",
        str(row.day),
        compared=row.compared,
        differences=number,
    )
