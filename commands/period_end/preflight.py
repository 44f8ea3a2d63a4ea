"""The day before a period ends: how many statements will go, and which customers need a look."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from commands import outbox
from commands.access import Permission, SystemActor, require
from commands.auditing import audited
from commands.desk import Desk
from commands.period_end import audience, sending
from commands.rules.periods import Period
from commands.schedules import words
from commands.schedules.calendar import next_period
from renderers.slack_period_end import SHOWN, PreFlight, Trouble
from storage import customers, receivables, schedules
from storage.receivables import Filters
from storage.schedules import Schedule, ScheduleRun
from storage.unit_of_work import repeatable

BEFORE = timedelta(days=1)
_AT_ONCE = 500  # customers


@audited("announce_period_end")
def announce_next(actor: SystemActor, desk: Desk) -> bool:
    """Tell of one period that closes within a day; False when there is none untold."""
    require(actor, Permission.RUN_SCHEDULES)
    with desk.database.reading() as session:
        found = _untold(session, desk)
        if found is None:
            return False
        schedule, period = found
        news = look_ahead(session, desk, schedule, period)
    return _tell(desk, schedule.id, period, news)


def _untold(session: Session, desk: Desk) -> tuple[Schedule, Period] | None:
    for schedule in schedules.active(session):
        period = next_period(session, desk, schedule)
        soon = desk.clock.now() >= period.closes_at(desk.policy.timezone) - BEFORE
        if soon and schedules.find_run(session, schedule.id, period.end) is None:
            return schedule, period
    return None


@repeatable
def _tell(desk: Desk, schedule_id: str, period: Period, news: PreFlight) -> bool:
    """Once for each schedule and period: the row says so."""
    with desk.database.writing() as session:
        schedule = schedules.lock(session, schedule_id)
        known = schedules.find_run(session, schedule_id, period.end)
        if schedule is None or schedule.state != "active" or known is not None:
            return True  # somebody else did, or paused it
        session.add(
            ScheduleRun(
                schedule_id=schedule_id,
                period_start=period.start,
                period_end=period.end,
                state="announced",
            )
        )
        outbox.queue_news(
            session,
            "pre_flight",
            key=f"{schedule_id}:{period.end.isoformat()}",
            payload=_payload(news),
            channel=desk.policy.payments_channel,
            now=desk.clock.now(),
        )
    return True


# -- what is looked at --------------------------------------------------------------------------


@dataclass
class _Tally:
    going: int = 0
    stopped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)

    def add(self, trouble: Trouble) -> None:
        self.reasons[trouble.reason] += 1
        self.stopped += trouble.stops
        if len(self.troubles) < SHOWN:
            self.troubles.append(trouble)


def look_ahead(session: Session, desk: Desk, schedule: Schedule, period: Period) -> PreFlight:
    """Of whoever would get one as things are now; a few hundred customers in memory."""
    tally, last = _Tally(), ""
    while ids := audience.next_customers(session, schedule, after=last, limit=_AT_ONCE):
        last = ids[-1]
        _count(session, tally, schedule, _awaited(session, desk, schedule, period, ids))
    return PreFlight(
        whom=words.whom(schedule.customer_group),
        start=period.start,
        end=period.end,
        going=tally.going,
        stopped=tally.stopped,
        troubled=tally.reasons.total(),
        reasons=tuple(tally.reasons.most_common()),
        troubles=tuple(tally.troubles),
    )


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A statement that there will be, one for each currency of a customer."""

    customer_id: str
    name: str
    is_disputed: bool = False


def _awaited(
    session: Session, desk: Desk, schedule: Schedule, period: Period, ids: list[str]
) -> list[_Awaited]:
    """By the very rule of the run; without a balance now, none is due to who needs one for it."""
    today, asked = desk.policy.today(desk.clock.now()), Filters(customer_ids=tuple(ids))
    disputed = {
        (row.customer_id, row.currency): bool(row.sums.disputed)
        for row in receivables.every_balance(session, today, asked)
    }
    standing = sorted({customer_id for customer_id, _ in disputed})
    names = customers.names(session, standing if schedule.audience == "with_balance" else ids)
    return [
        _Awaited(customer_id, name, disputed.get((customer_id, each.account.currency), False))
        for customer_id, name in sorted(names.items())
        for each in sending.accounts(session, desk, schedule, period, customer_id)
    ]


def _count(session: Session, tally: _Tally, schedule: Schedule, awaited: list[_Awaited]) -> None:
    ids = sorted({row.customer_id for row in awaited})
    addresses = customers.usable_addresses(session, ids)
    disabled = customers.with_links_disabled(session, ids) if schedule.with_link else set()
    for row in awaited:
        known = addresses.get(row.customer_id)
        reason, stops = _reason(row, known, is_disabled=row.customer_id in disabled)
        tally.going += not stops
        if reason:
            tally.add(Trouble(row.customer_id, row.name, reason, stops))


NO_ADDRESS = "without an address on file"
REFUSED = "whose mail server refused every address"
DISABLED = "whose links are disabled: the statement goes without one"
DISPUTED = "with a payment in dispute: set apart, not asked for"


def _reason(row: _Awaited, addresses: int | None, *, is_disabled: bool) -> tuple[str, bool]:
    """Why somebody should look; whether the statement cannot go. `addresses` None: none on file."""
    if addresses is None:
        return NO_ADDRESS, True
    if not addresses:
        return REFUSED, True
    if is_disabled:
        return DISABLED, False
    return (DISPUTED, False) if row.is_disputed else ("", False)


# -- as a delivery keeps it ---------------------------------------------------------------------


def _payload(news: PreFlight) -> dict[str, Any]:
    kept = asdict(news)
    return kept | {"start": news.start.isoformat(), "end": news.end.isoformat()}


def of_payload(kept: dict[str, Any]) -> PreFlight:
    return PreFlight(
        whom=kept["whom"],
        start=date.fromisoformat(kept["start"]),
        end=date.fromisoformat(kept["end"]),
        going=kept["going"],
        stopped=kept["stopped"],
        troubled=kept["troubled"],
        reasons=tuple((reason, number) for reason, number in kept["reasons"]),
        troubles=tuple(Trouble(**each) for each in kept["troubles"]),
    )
