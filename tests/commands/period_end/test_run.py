"""Period ends that run by themselves: once per customer, period and currency."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from commands.access import BATCHER, SCHEDULER
from commands.batches import service as batches
from commands.batches.report_csv import batch_csv
from commands.batches.telling import tell
from commands.period_end import run
from commands.rules.periods import SeedSchedule
from commands.schedules import service as schedule_service
from commands.schedules.service import Wanted
from storage import batches as batch_rows
from storage import customers, schedules
from storage.batches import BatchSkip
from storage.deliveries import Delivery
from storage.schedules import ScheduleRun
from storage.statements import Statement
from tests.builders import ANNA, MARA, add_customer, add_invoice
from tests.commands.deliver.posting import drain
from tests.conftest import Room

# Monday; the cast's customers owe since February.
CLOSED = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def month(room: Room) -> Room:
    """Two customers owe, one does not, and a monthly schedule is for everyone."""
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
        add_customer(session, "C2", name="Rose & Co", emails=("rose@rose.test",))
        add_invoice(session, "INV-2", customer_id="C2", total=4000)
        add_invoice(session, "INV-3", customer_id="C2", total=900, currency="EUR")
        add_customer(session, "C3", name="Quiet Quince")
    schedule(room)
    return room


def schedule(room: Room, **own: Any) -> str:
    wanted: dict[str, Any] = {
        "id": "",
        "cadence": "monthly",
        "group": "",
        "audience": "with_balance",
        "type": "open_items_unpaid",
        "with_link": True,
        "starts_on": date(2026, 3, 1),
    }
    return schedule_service.save(ANNA, room.desk, wanted=Wanted(**(wanted | own))).id


def look(room: Room, at: datetime | None = CLOSED) -> int:
    if at is not None:
        room.clock.instant = at
    return run.look(SCHEDULER, room.desk)


def begin(room: Room) -> None:
    """The period is begun and nobody has had a turn yet."""
    room.clock.instant = CLOSED
    run.look(SCHEDULER, room.desk, go_on=iter([True, False]).__next__)


def made(room: Room) -> list[tuple[str, str, date, date]]:
    with room.desk.database.reading() as session:
        found = session.exec(
            select(Statement).order_by(
                col(Statement.period_end), Statement.customer_id, Statement.currency
            )
        )
        return [(s.customer_id, s.currency, s.period_start, s.period_end) for s in found]


def runs(room: Room) -> list[ScheduleRun]:
    with room.desk.database.reading() as session:
        return list(session.exec(select(ScheduleRun).order_by(col(ScheduleRun.period_end))))


def skips(room: Room) -> list[tuple[str, str]]:
    with room.desk.database.reading() as session:
        found = session.exec(select(BatchSkip).order_by(BatchSkip.key))
        return [(row.customer_id, row.reason) for row in found]


def test_each_customer_and_currency_gets_one_however_often_somebody_looks(month: Room) -> None:
    assert look(month) > 0
    expected = [("C1", "USD", *MARCH), ("C2", "EUR", *MARCH), ("C2", "USD", *MARCH)]
    assert made(month) == expected
    assert look(month) == 0
    assert look(month, datetime(2026, 4, 1, tzinfo=UTC)) == 0
    assert made(month) == expected


def test_nothing_goes_before_the_period_has_closed(month: Room) -> None:
    look(month, datetime(2026, 3, 31, 17, 59, 59, tzinfo=UTC))
    assert made(month) == []


def test_the_mails_leave_and_the_message_says_how_many(month: Room) -> None:
    look(month)
    drain(month)
    assert sorted(mail.recipients for mail in month.mailer.sent) == [
        ("ap@iris.test",),
        ("rose@rose.test",),
        ("rose@rose.test",),
    ]
    tell(BATCHER, month.desk)
    drain(month)
    said = " ".join(str(post.blocks) for _, post in month.announcer.updates)
    assert "100 %, 3 sent" in said


def test_periods_that_were_missed_are_caught_up_once_each(month: Room) -> None:
    look(month, datetime(2026, 6, 2, 9, tzinfo=UTC))
    ends = sorted({end for *_, end in made(month)})
    assert ends == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert len(made(month)) == 9
    assert look(month, datetime(2026, 6, 2, 10, tzinfo=UTC)) == 0


def test_two_clocks_at_once_send_each_once(month: Room) -> None:
    month.clock.instant = CLOSED
    clocks = [threading.Thread(target=run.look, args=(SCHEDULER, month.desk)) for _ in range(3)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert len(made(month)) == 3
    assert [row.state for row in runs(month)] == ["done"]


def test_a_run_that_was_cut_off_goes_on_where_it_was(month: Room) -> None:
    begin(month)
    assert [row.state for row in runs(month)] == ["running"]
    look(month, None)
    assert len(made(month)) == 3


def test_whom_nobody_can_reach_is_named_and_the_others_go(month: Room) -> None:
    with month.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "invoice", [])
        customers.mark_refused(session, "C2", "rose@rose.test", "550 no such user")
    look(month)
    assert made(month) == []
    assert skips(month) == [
        ("C1", "no address on file"),
        ("C2", "its mail server refused every address on file"),
        ("C2", "its mail server refused every address on file"),
    ]
    [done] = runs(month)
    with month.desk.database.reading() as session:
        batch = batch_rows.find(session, done.batch_id or "")
        assert batch is not None
        assert (batch.sealed, batch.total) == (True, 3)


def test_statement_addresses_come_before_those_for_invoices(month: Room) -> None:
    with month.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "statement", ["books@iris.test"])
    look(month)
    drain(month)
    assert ("books@iris.test",) in [mail.recipients for mail in month.mailer.sent]
    assert ("ap@iris.test",) not in [mail.recipients for mail in month.mailer.sent]


def test_a_customer_without_links_gets_one_without_a_button(month: Room) -> None:
    with month.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
    look(month)
    with month.desk.database.reading() as session:
        by_customer = {s.customer_id: s for s in session.exec(select(Statement))}
    assert by_customer["C1"].link_id is None
    assert by_customer["C2"].link_id is not None


def test_the_report_names_statement_and_reason_of_each(month: Room) -> None:
    with month.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
    look(month)
    drain(month)
    tell(BATCHER, month.desk)
    drain(month)
    disabled = "Payment links are disabled for Blue Iris Florist."
    report = str(month.announcer.posts[-1].blocks)
    assert "Sent without a Payment Link" in report
    assert disabled in report
    csv = batch_csv(ANNA, month.desk, batch_id=runs(month)[0].batch_id or "")
    rows = b"".join(csv.pieces).decode().splitlines()
    assert len(rows) == 1 + 3
    assert f"without a link: {disabled}" in rows[1]
    assert "C2 2026-03-31 EUR" in "".join(rows)


def test_what_is_stopped_stays_stopped(month: Room) -> None:
    begin(month)
    [begun] = runs(month)
    batches.stop(MARA, month.desk, batch_id=begun.batch_id or "")
    look(month, None)
    assert made(month) == []
    assert [row.state for row in runs(month)] == ["stopped"]
    assert look(month, datetime(2026, 4, 1, tzinfo=UTC)) == 0


def test_a_group_with_a_schedule_of_its_own_is_not_everyones(month: Room) -> None:
    with month.desk.database.writing() as session:
        customer = customers.lock(session, "C2")
        assert customer is not None
        customer.group = "North"
    own = schedule(month, cadence="semimonthly", group="North")
    look(month)
    with month.desk.database.reading() as session:
        rows = session.exec(select(Statement)).all()
    by_schedule = sorted(
        (row.customer_id, row.schedule_id == own, row.period_start) for row in rows
    )
    halves = [date(2026, 3, 1), date(2026, 3, 16)]
    assert by_schedule == [
        ("C1", False, date(2026, 3, 1)),
        *(("C2", True, start) for start in halves for _ in ("EUR", "USD")),
    ]


@pytest.mark.parametrize(
    ("audience", "expected"),
    [("with_balance", ["C1"]), ("with_activity", ["C1", "C2"]), ("all", ["C1", "C2", "C3"])],
)
def test_whom_a_schedule_is_for(room: Room, audience: str, expected: list[str]) -> None:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
        add_customer(session, "C2", name="Rose & Co")
        of_march: dict[str, Any] = {"customer_id": "C2", "issue_date": date(2026, 3, 2)}
        add_invoice(session, "INV-2", total=500, **of_march)
        add_invoice(session, "CR-2", total=-500, **of_march)
        add_customer(session, "C3", name="Quiet Quince")
    schedule(room, audience=audience)
    look(room)
    assert [customer for customer, *_ in made(room)] == expected


def test_one_account_that_breaks_us_does_not_stop_the_others(month: Room) -> None:
    """A recipient that cannot be read any more is ours to mend, not the others' to wait for."""
    with month.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "invoice", ["no address at all"])
    look(month)
    assert [row.state for row in runs(month)] == ["done"]
    assert {customer for customer, *_ in made(month)} >= {"C2"}


def test_the_setting_alone_makes_it_run(room: Room) -> None:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    setting = SeedSchedule("monthly", date(2026, 3, 1))
    desk = replace(room.desk, policy=replace(room.desk.policy, statement_schedule=setting))
    room.clock.instant = CLOSED
    run.look(SCHEDULER, desk)
    run.look(SCHEDULER, desk)
    assert made(room) == [("C1", "USD", *MARCH)]
    with room.desk.database.reading() as session:
        assert [row.id for row in schedules.every(session)] == [schedules.SEEDED]


def test_mails_of_a_trial_do_not_leave_once_it_is_over(month: Room) -> None:
    trial = replace(month.desk, policy=replace(month.desk.policy, mail_mode="hold"))
    month.clock.instant = CLOSED
    run.look(SCHEDULER, trial)
    drain(month)
    assert month.mailer.sent == []
    with month.desk.database.reading() as session:
        mails = session.exec(select(Delivery).where(Delivery.kind == "email")).all()
        assert {mail.status for mail in mails} == {"cancelled"}
