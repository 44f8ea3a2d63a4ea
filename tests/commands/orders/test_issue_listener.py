"""The invoice of an order that was saved, issued from wherever somebody meets it."""

import pytest

from bot.sandbox.slack.messages import Content
from bot.sandbox.slack.person import Person
from commands import view_parts as parts
from commands.orders import issue_modal
from commands.orders import modal as order_modal
from storage.orders import Order
from tests.builders import CARL, SALLY
from tests.orders import reviewing, stored, switch_links_off
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def test_an_order_that_has_no_invoice_leads_to_issuing_it(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    carl = stage.person(CARL)
    for typed in ("SO-1001", "so-1001", "invoice SO-1001"):
        assert carl.command("/pay", typed, channel="#payments").ok
    assert carl.modal.title == "Issue invoice and send"
    assert "*Total USD 74.95*" in carl.modal.text()
    assert carl.modal.submit_text == "Send"
    assert carl.modal.submit().action == "update"
    assert "*INV-1001* goes to ap@iris.test." in carl.modal.text()
    assert [mail.created_by for mail in stage.mails()] == [CARL.id]
    carl.command("/pay", "SO-1001")
    assert carl.modal.title == "Send invoice"


def test_what_was_only_saved_can_be_issued_from_there(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    sally.modal.press("Issue invoice and send")
    assert sally.modal.title == "Issue invoice and send"
    sally.modal.fill("Email addresses", "nonsense")
    assert "nonsense" in sally.modal.submit().errors["Email addresses"]
    sally.modal.fill("Email addresses", "robin@iris.test")
    assert sally.modal.submit().action == "update"
    assert len(stage.mails()) == 1
    sally.modal.close()
    assert not sally.has_modal


def test_buttons_in_a_message_and_on_a_modal_open_the_forms(
    stage: SlackRoom, sally: Person
) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    sally.modal.close()
    buttons = parts.actions(
        "b",
        parts.button("New order", order_modal.NEW),
        parts.button("Issue", issue_modal.ISSUE, value="SO-1001"),
    )
    workspace = stage.slack.workspace
    where = workspace.direct_messages(SALLY.id)
    message = workspace.post(where, Content("Orders", (buttons,)))
    for button, title in (("New order", "New order"), ("Issue", "Issue invoice and send")):
        assert sally.press(message, button).ok
        assert sally.modal.title == title
        workspace.views.open(SALLY.id, parts.modal("Below", [buttons]), None)
        assert sally.modal.press(button).ok
        assert sally.modal.title == title
        sally.modal.close()
        assert sally.modal.title == "Below"


def test_from_above_another_modal_the_whole_way_fits_slacks_three_views(
    stage: SlackRoom, sally: Person
) -> None:
    button = parts.actions("b", parts.button("New order", order_modal.NEW))
    stage.slack.workspace.views.open(SALLY.id, parts.modal("Order Summary", [button]), None)
    sally.modal.press("New order")
    sally.modal.pick("Customer", "Blue Iris", search="iris")
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    assert sally.modal.press("Issue invoice and send").ok
    assert sally.modal.submit().action == "update"
    assert len(stage.mails()) == 1
    sally.modal.close()
    assert not sally.has_modal


def test_links_disabled_while_the_issuing_form_was_open_is_said_under_the_tick(
    stage: SlackRoom, sally: Person
) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    sally.modal.press("Issue invoice and send")
    switch_links_off(stage.desk.database)
    assert "Untick Payment Link" in sally.modal.submit().errors["Payment Link"]
    assert stored(stage)[1] is None


def test_two_people_who_issue_at_the_same_time_make_one_invoice(
    stage: SlackRoom, sally: Person
) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save")
    modal.submit()
    carl, again = stage.person(CARL), stage.person(SALLY)
    for person in (carl, again):
        person.command("/pay", "SO-1001")
    carl.modal.submit()
    again.modal.submit()
    assert "SO-1001 has its invoice already: INV-1001." in again.modal.text()
    assert len(stage.mails()) == 1


def test_an_order_from_the_erp_says_why_its_invoice_is_not_issued_here(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        day = stage.desk.clock.now().date()
        session.add(Order(number="70001", customer_id="C1", order_date=day))
    sally = stage.person(SALLY)
    assert sally.command("/pay", "70001").ok
    assert sally.modal.title == "Order"
    assert "came from the ERP without lines" in sally.modal.text()
