from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from commands.access import SCHEDULER
from commands.errors import InvalidInput, NotFound, NotPermitted, Refused
from commands.rules.periods import Period, SeedSchedule
from commands.schedules import calendar, seeding, service
from commands.schedules.service import Listed, Wanted
from storage import schedules
from storage.schedules import SEEDED, Schedule, ScheduleRun
from tests.builders import ANNA, CARL, MARA, SALLY
from tests.conftest import Room

MONTHLY = Wanted(
    id="",
    cadence="monthly",
    group="",
    audience="with_balance",
    type="open_items_unpaid",
    with_link=True,
    starts_on=date(2026, 3, 10),
)


def only(room: Room) -> Listed:
    [listed] = service.look(ANNA, room.desk)
    return listed


def seed(room: Room, setting: SeedSchedule | None) -> Schedule | None:
    desk = replace(room.desk, policy=replace(room.desk.policy, statement_schedule=setting))
    seeding.seed(SCHEDULER, desk)
    with room.desk.database.reading() as session:
        return schedules.find(session, SEEDED)


def begun(room: Room, schedule_id: str, start: date, end: date) -> None:
    with room.desk.database.writing() as session:
        run = ScheduleRun(schedule_id=schedule_id, period_start=start, period_end=end, state="done")
        session.add(run)


def due(room: Room, at: datetime) -> list[Period]:
    room.clock.instant = at
    with room.desk.database.reading() as session:
        [row] = schedules.active(session)
        return list(calendar.due(session, room.desk, row))


def test_one_that_is_made_names_the_period_that_it_sends_next(room: Room) -> None:
    service.save(ANNA, room.desk, wanted=MONTHLY)
    assert only(room).next == Period(date(2026, 3, 1), date(2026, 3, 31))


def test_a_group_has_one_that_runs(room: Room) -> None:
    service.save(ANNA, room.desk, wanted=MONTHLY)
    service.save(ANNA, room.desk, wanted=replace(MONTHLY, group="North"))
    with pytest.raises(InvalidInput, match="everyone without a schedule"):
        service.save(ANNA, room.desk, wanted=MONTHLY)
    first = only_for(room, "")
    with pytest.raises(InvalidInput) as error:
        service.save(ANNA, room.desk, wanted=replace(MONTHLY, id=first.id, group="North"))
    assert list(error.value.fields) == ["group"]


def only_for(room: Room, group: str) -> Schedule:
    [row] = [
        one.schedule
        for one in service.look(ANNA, room.desk)
        if one.schedule.customer_group == group
    ]
    return row


def test_one_that_is_paused_does_not_catch_up(room: Room) -> None:
    made = service.save(ANNA, room.desk, wanted=MONTHLY)
    service.switch(ANNA, room.desk, schedule_id=made.id, active=False)
    room.clock.instant = datetime(2026, 6, 10, 12, tzinfo=UTC)
    service.switch(ANNA, room.desk, schedule_id=made.id, active=True)
    assert due(room, room.clock.instant) == []
    assert only(room).next == Period(date(2026, 6, 1), date(2026, 6, 30))


def test_one_that_is_paused_makes_room_for_another(room: Room) -> None:
    made = service.save(ANNA, room.desk, wanted=MONTHLY)
    service.switch(ANNA, room.desk, schedule_id=made.id, active=False)
    service.save(ANNA, room.desk, wanted=replace(MONTHLY, cadence="weekly"))
    with pytest.raises(Refused):
        service.switch(ANNA, room.desk, schedule_id=made.id, active=True)


def test_after_another_cadence_no_day_is_in_two_periods_or_in_none(room: Room) -> None:
    made = service.save(ANNA, room.desk, wanted=MONTHLY)
    begun(room, made.id, date(2026, 3, 1), date(2026, 3, 31))
    service.save(ANNA, room.desk, wanted=replace(MONTHLY, id=made.id, cadence="weekly"))
    found = due(room, datetime(2026, 4, 12, 18, tzinfo=UTC))
    assert found == [
        Period(date(2026, 4, 1), date(2026, 4, 5)),
        Period(date(2026, 4, 6), date(2026, 4, 12)),
    ]


def test_too_far_back_is_refused_at_the_day(room: Room) -> None:
    with pytest.raises(InvalidInput) as error:
        service.save(ANNA, room.desk, wanted=replace(MONTHLY, starts_on=date(2024, 1, 1)))
    assert list(error.value.fields) == ["starts_on"]


def test_the_setting_makes_one_and_follows_until_somebody_changes_it(room: Room) -> None:
    row = seed(room, SeedSchedule("monthly", date(2026, 2, 1)))
    assert row is not None
    assert (row.cadence, row.starts_on, row.state) == ("monthly", date(2026, 2, 1), "active")
    row = seed(room, SeedSchedule("weekly", date(2026, 2, 1)))
    assert row is not None
    assert row.cadence == "weekly"
    row = seed(room, None)  # not set: whatever is stored stays
    assert row is not None
    assert row.state == "active"
    row = seed(room, SeedSchedule(None))
    assert row is not None
    assert row.state == "paused"
    row = seed(room, SeedSchedule("weekly"))
    assert row is not None
    assert (row.state, row.starts_on) == ("active", date(2026, 3, 10))
    wanted = replace(MONTHLY, id=SEEDED, cadence="semimonthly")
    service.save(ANNA, room.desk, wanted=wanted)
    row = seed(room, SeedSchedule(None))
    assert row is not None
    assert (row.cadence, row.state) == ("semimonthly", "active")


def test_without_a_day_in_the_setting_nothing_is_sent_for_the_past(room: Room) -> None:
    seed(room, SeedSchedule("monthly"))
    assert due(room, room.clock.instant) == []
    assert [p.end for p in due(room, datetime(2026, 4, 1, tzinfo=UTC))] == [date(2026, 3, 31)]


def test_the_setting_does_not_push_aside_what_an_admin_made(room: Room) -> None:
    service.save(ANNA, room.desk, wanted=MONTHLY)
    assert seed(room, SeedSchedule("weekly")) is None


def test_only_an_admin_sees_and_changes_them(room: Room) -> None:
    for actor in (MARA, CARL, SALLY):
        with pytest.raises(NotPermitted):
            service.look(actor, room.desk)
        with pytest.raises(NotPermitted):
            service.save(actor, room.desk, wanted=MONTHLY)
    with pytest.raises(NotFound):
        service.switch(ANNA, room.desk, schedule_id="sch_none", active=True)
