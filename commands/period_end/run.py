"""Period ends that run by themselves: a period of a schedule is begun once, customer by customer.

The run's row holds how far it is. Each customer is one unit of work, in which the statements of
all currencies are kept and their mails queued: a process that ends in the middle, a second clock
and a look that comes late all go on where the row says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import Permission, SystemActor, require
from commands.auditing import audited
from commands.batches import service as batches
from commands.batches.service import BatchOrder
from commands.desk import Desk
from commands.incidents import reference
from commands.period_end import audience, preflight, sending
from commands.ports import AccountState
from commands.rules.periods import Period
from commands.schedules import seeding, words
from commands.schedules.calendar import due
from storage import customers, schedules
from storage.batches import BatchSkip
from storage.schedules import Schedule, ScheduleRun
from storage.unit_of_work import may_pass, repeatable

_AT_ONCE = 20  # customers looked at before the row says so


def look(actor: SystemActor, desk: Desk, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Tell of what closes within a day, then run what has closed, while `go_on()`; the steps."""
    seeding.seed(actor, desk)
    steps = 0
    while go_on() and (preflight.announce_next(actor, desk) or advance(actor, desk)):
        steps += 1
    return steps


@audited("run_schedules")
def advance(actor: SystemActor, desk: Desk) -> bool:
    """Begin the next period that has closed, or give a few customers their turn.

    False when nothing is left to do.
    """
    require(actor, Permission.RUN_SCHEDULES)
    with desk.database.reading() as session:
        unfinished = schedules.unfinished(session)
        found = None if unfinished else _next_due(session, desk)
    if unfinished:
        _portion(actor, desk, unfinished[0])
    elif found is not None:
        _begin(actor, desk, *found)
    return bool(unfinished or found)


def _next_due(session: Session, desk: Desk) -> tuple[Schedule, Period] | None:
    for schedule in schedules.active(session):
        for period in due(session, desk, schedule):
            return schedule, period
    return None


@repeatable
def _begin(actor: SystemActor, desk: Desk, seen: Schedule, period: Period) -> None:
    """Nothing when somebody else has begun it, or the schedule was changed meanwhile."""
    with desk.database.writing() as session:
        schedule = schedules.lock(session, seen.id)
        if schedule is None or schedule.state != "active":
            return
        if next(due(session, desk, schedule), None) != period:
            return
        run = schedules.find_run(session, schedule.id, period.end)
        run = run or ScheduleRun(schedule_id=schedule.id, period_end=period.end)  # type: ignore[call-arg]  # the rest follows
        run.state, run.period_start, run.begun_at = "running", period.start, desk.clock.now()
        run.batch_id = _batch(session, actor, desk, schedule, period)
        session.add(run)
        detail: dict[str, Any] = {"start": period.start.isoformat(), "end": period.end.isoformat()}
        auditing.record(session, actor, desk, "begin_period_end", schedule.id, **detail)


def _batch(
    session: Session, actor: SystemActor, desk: Desk, schedule: Schedule, period: Period
) -> str:
    key = f"{schedule.id}:{period.end.isoformat()}"
    group = f" (group {schedule.customer_group})" if schedule.customer_group else ""
    order = BatchOrder(
        id=f"statements:{key}",
        kind="statements",
        subject=key,
        title=f"Statements for {words.days(period)}{group}",
        total=audience.estimate(session, schedule),
        leaves_at=desk.clock.now(),
        requested_by=actor.id,
    )
    return batches.begin(session, actor, desk, order).id


# -- customer by customer -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Turn:
    """What every customer of a run needs."""

    schedule: Schedule
    run: ScheduleRun
    account: AccountState

    @property
    def period(self) -> Period:
        return Period(self.run.period_start, self.run.period_end)


def _portion(actor: SystemActor, desk: Desk, run: ScheduleRun) -> None:
    with desk.database.reading() as session:
        schedule = schedules.find(session, run.schedule_id)
        assert schedule is not None  # its key is the run's
        turn = _Turn(schedule, run, desk.gateway.account.state())
        ids = audience.next_customers(session, schedule, after=run.cursor, limit=_AT_ONCE)
        wanted = sending.wanted(session, desk, schedule, turn.period, ids)
    for customer_id in wanted:
        if not _give_turn(actor, desk, turn, customer_id):
            return
    _pass(actor, desk, run, ids[-1] if ids else "")


def _give_turn(actor: SystemActor, desk: Desk, turn: _Turn, customer_id: str) -> bool:
    try:
        return _send(actor, desk, turn, customer_id)
    except Exception as error:
        if may_pass(error):
            raise
        _give_up(desk, turn, customer_id, error)  # one bad account must not stop the others
        return True


@repeatable
def _send(actor: SystemActor, desk: Desk, turn: _Turn, customer_id: str) -> bool:
    """False when the run is over: it was stopped, or somebody else finished it."""
    with desk.database.writing() as session:
        customers.lock(session, customer_id)
        run = _held(session, turn.run)
        if run.state != "running":
            return False
        assert run.batch_id is not None
        if not batches.is_wanted(session, run.batch_id):
            _end(session, actor, desk, run, "stopped")
            return False
        if run.cursor < customer_id:
            order = sending.Order(turn.schedule, turn.period, customer_id, run.batch_id)
            batches.skip(session, sending.send(session, actor, desk, order, turn.account))
            run.cursor = customer_id
            session.add(run)
        return True


@repeatable
def _pass(actor: SystemActor, desk: Desk, seen: ScheduleRun, last: str) -> None:
    """All up to `last` have had their turn; "" when nobody is left."""
    with desk.database.writing() as session:
        run = _held(session, seen)
        if run.state != "running":
            return
        if not last:
            _end(session, actor, desk, run, "done")
        elif run.cursor < last:
            run.cursor = last
            session.add(run)


def _held(session: Session, seen: ScheduleRun) -> ScheduleRun:
    run = schedules.lock_run(session, seen.schedule_id, seen.period_end)
    assert run is not None  # runs are never deleted
    return run


def _end(
    session: Session, actor: SystemActor, desk: Desk, run: ScheduleRun, state: schedules.RunState
) -> None:
    assert run.batch_id is not None
    run.state, run.finished_at = state, desk.clock.now()
    session.add(run)
    batches.seal(session, run.batch_id, total=sending.count(session, run.batch_id))
    detail: dict[str, Any] = {"end": run.period_end.isoformat(), "state": state}
    auditing.record(session, actor, desk, "end_period_end", run.schedule_id, **detail)


@repeatable
def _give_up(desk: Desk, turn: _Turn, customer_id: str, error: Exception) -> None:
    """Ours to mend: the report carries a reference to the log."""
    name = reference(error, customer=customer_id, period=turn.run.period_end.isoformat())
    with desk.database.writing() as session:
        run = _held(session, turn.run)
        if run.state != "running" or run.cursor >= customer_id or run.batch_id is None:
            return
        reason = f"something went wrong on our side, reference {name}"
        skip = BatchSkip(
            batch_id=run.batch_id, key=customer_id, customer_id=customer_id, reason=reason
        )
        batches.skip(session, [skip])
        run.cursor = customer_id
        session.add(run)
