"""The day before: what will go, and what needs a look."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.sandbox.slack.messages import Content
from commands.access import SCHEDULER
from commands.period_end import preflight, run
from storage import customers, schedules
from storage.deliveries import Delivery
from tests.builders import ANNA, add_customer, add_invoice
from tests.commands.deliver.posting import drain
from tests.commands.period_end.test_run import schedule
from tests.conftest import Room
from tests.slack_room import SlackRoom, rows

DAY_BEFORE = datetime(2026, 3, 30, 18, 0, tzinfo=UTC)


@pytest.fixture
def four(room: Room) -> Room:
    """One is fine, one has no address, one a refused one, one has its links disabled."""
    own: dict[str, dict[str, Any]] = {
        "C1": {},
        "C2": {"emails": ()},
        "C3": {},
        "C4": {"payment_links_enabled": False},
    }
    with room.desk.database.writing() as session:
        for customer_id, other in own.items():
            add_customer(session, customer_id, name=f"Customer <{customer_id}>", **other)
            add_invoice(session, f"INV-{customer_id}", customer_id=customer_id)
        customers.mark_refused(session, "C3", "ap@iris.test", "550 no such user")
    schedule(room)
    return room


def told(room: Room) -> list[Delivery]:
    return [row for row in rows(room.desk) if row.purpose == "pre_flight"]


def test_it_is_told_once_a_day_before(four: Room) -> None:
    four.clock.instant = DAY_BEFORE.replace(hour=17)
    run.look(SCHEDULER, four.desk)
    assert told(four) == []
    four.clock.instant = DAY_BEFORE
    for _ in range(3):
        run.look(SCHEDULER, four.desk)
    assert len(told(four)) == 1


def test_it_counts_what_goes_and_names_what_does_not(four: Room) -> None:
    four.clock.instant = DAY_BEFORE
    run.look(SCHEDULER, four.desk)
    news = preflight.of_payload(told(four)[0].payload)
    assert (news.going, news.stopped, news.troubled) == (2, 2, 3)
    assert sorted(news.reasons) == sorted(
        [(preflight.NO_ADDRESS, 1), (preflight.REFUSED, 1), (preflight.DISABLED, 1)]
    )
    drain(four)
    [post] = [p for p in four.announcer.posts if "Statements for" in p.text]
    assert post.text == "Statements for 1 Mar 2026 to 31 Mar 2026: 2 statements go out, 2 cannot"
    shown = str(post.blocks)
    assert "Customer &lt;C2&gt;" in shown
    assert "They leave on Tuesday at 18:00" in shown


def test_who_owes_nothing_counts_where_everybody_gets_one(room: Room) -> None:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
        add_customer(session, "C2", name="Quiet Quince", emails=("quiet@quince.test",))
        add_customer(session, "C3", name="Mute Mallow", emails=())
    schedule(room, audience="all")
    room.clock.instant = DAY_BEFORE
    run.look(SCHEDULER, room.desk)
    news = preflight.of_payload(told(room)[0].payload)
    assert (news.going, news.stopped) == (2, 1)
    assert [trouble.name for trouble in news.troubles] == ["Mute Mallow"]


@pytest.mark.parametrize("audience", ["with_balance", "with_activity", "all"])
def test_it_counts_whoever_gets_one(room: Room, audience: str) -> None:
    """One owes; three are even: of March, of February but entered in March, of February; one is
    new.
    """
    entered = {"recorded_at": datetime(2026, 2, 2, 12, tzinfo=UTC)}
    even: dict[str, dict[str, Any]] = {
        "C2": {"issue_date": date(2026, 3, 2)},
        "C3": {"issue_date": date(2026, 2, 2)},
        "C4": {"issue_date": date(2026, 2, 2), "currency": "EUR"} | entered,
    }
    with room.desk.database.writing() as session:
        for number in range(1, 6):
            add_customer(session, f"C{number}", name=f"Customer {number}")
        add_invoice(session, "INV-1")
        for customer_id, own in even.items():
            add_invoice(session, f"INV-{customer_id}", customer_id=customer_id, total=500, **own)
            add_invoice(session, f"CR-{customer_id}", customer_id=customer_id, total=-500, **own)
    schedule(room, audience=audience)
    room.clock.instant = DAY_BEFORE
    run.look(SCHEDULER, room.desk)
    news = preflight.of_payload(told(room)[0].payload)
    room.clock.advance(hours=24)
    run.look(SCHEDULER, room.desk)
    mails = [row for row in rows(room.desk) if row.purpose == "statement"]
    assert news.going == len(mails)
    assert news.stopped == 0


def test_the_period_then_runs_all_the_same(four: Room) -> None:
    four.clock.instant = DAY_BEFORE
    run.look(SCHEDULER, four.desk)
    four.clock.advance(hours=24)
    run.look(SCHEDULER, four.desk)
    with four.desk.database.reading() as session:
        [row] = schedules.active(session)
        done = schedules.last_begun(session, row.id)
    assert done is not None
    assert done.state == "done"


@pytest.mark.databases("sqlite")
def test_its_buttons_open_the_form_where_it_is_mended(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "invoice", [])
    schedule(stage.room)
    stage.room.clock.instant = DAY_BEFORE
    run.look(SCHEDULER, stage.desk)
    drain(stage.room)
    [post] = [p for p in stage.room.announcer.posts if "Statements for" in p.text]
    workspace = stage.slack.workspace
    content = Content(post.text, tuple(post.blocks))
    message = workspace.post(workspace.channel("#payments"), content)
    anna = stage.person(ANNA)
    assert anna.press(message, "Open settings").ok
    assert "Invoice e-mails" in anna.modal.text()
