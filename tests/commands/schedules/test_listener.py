import pytest

from bot.sandbox.slack.person import Person
from storage import customers
from tests.builders import ANNA, MARA, add_customer
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def anna(stage: SlackRoom) -> Person:
    person = stage.person(ANNA)
    assert person.command("/pay", "schedule").ok
    return person


def test_a_schedule_is_made_changed_and_paused(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose & Co", group="North")
    person = anna(stage)
    assert "No statements go out by themselves yet" in person.modal.text()
    person.modal.press("Add a schedule")
    person.modal.pick("How often", "Twice a month")
    person.modal.pick("Customers", "North")
    person.modal.pick("Statement type", "Balance Forward")
    person.modal.untick("Payment Link")
    person.modal.submit()
    shown = person.modal.text()
    assert "*Twice a month* for group North" in shown
    assert "Balance Forward · without link" in shown
    assert "Next: 1 Mar 2026 to 15 Mar 2026, on Sunday, 15 Mar 2026 at 18:00" in shown
    person.modal.press("Change")
    person.modal.pick("How often", "Weekly")
    person.modal.submit()
    assert "Next: 9 Mar 2026 to 15 Mar 2026" in person.modal.text()
    person.modal.press("Pause")
    assert "Paused" in person.modal.text()
    person.modal.press("Go on")
    assert "Next: 9 Mar 2026 to 15 Mar 2026" in person.modal.text()


def test_a_group_that_nobody_is_in_any_more_stays_chosen(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose & Co", group="North")
    person = anna(stage)
    person.modal.press("Add a schedule")
    person.modal.pick("Customers", "North")
    person.modal.submit()
    with stage.desk.database.writing() as session:
        row = customers.lock(session, "C2")
        assert row is not None
        row.group = ""
    person.modal.press("Change")
    person.modal.submit()
    assert "for group North" in person.modal.text()


def test_others_are_told_whom_to_ask(stage: SlackRoom) -> None:
    told = stage.person(MARA).command("/pay", "schedule").text
    assert "You may not manage people, schedules" in told
    assert "Ask <@U0ANNA>" in told
