"""A new order as a person types it in Slack, down to the rows that it makes."""

from dataclasses import replace

import pytest

from bot.sandbox.slack.person import Person
from storage import invoices, orders, users
from tests.builders import NOBODY, SALLY, add_customer
from tests.orders import LINES, reviewing, stored, switch_links_off
from tests.slack_room import SlackRoom, audited, slack_room

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def test_the_form_is_short_and_has_its_defaults(sally: Person) -> None:
    modal = sally.modal
    assert modal.title == "New order"
    assert modal.labels == ["Customer", "Lines", "PO", "Ship date", "Tax %", "Due date", "Notes"]
    assert modal.value("Customer") == "Blue Iris Florist · C1"
    assert modal.value("Ship date") == "2026-03-10"
    assert modal.submit_text == "Review"


def test_the_launcher_and_the_help_offer_it(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    launcher = sally.command("/pay").shown[0]
    sally.press(launcher, "New order")
    assert sally.modal.title == "New order"
    assert "`/pay order new [customer]`" in sally.command("/pay", "help").text


def test_a_customer_is_found_by_the_beginning_of_a_name(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Blue Moon Flowers")
    sally = stage.person(SALLY)
    sally.command("/pay", "order new blue")
    assert "2 customers begin with 'blue': choose one." in sally.modal.text()
    sally.modal.pick("Customer", "Blue Moon", search="moon")
    assert sally.modal.value("Customer") == "Blue Moon Flowers · C2"
    sally.command("/pay", "order new C2")
    assert sally.modal.value("Customer") == "Blue Moon Flowers · C2"
    sally.command("/pay", "order new nobody")
    assert "No customer begins with 'nobody'" in sally.modal.text()


def test_the_review_shows_what_it_comes_to_before_anything_is_stored(
    stage: SlackRoom, sally: Person
) -> None:
    sally.modal.fill("PO", "7781-B")
    text = reviewing(sally).modal.text()
    for shown in (
        "Blue Iris Florist",
        "12 × Roses red 60cm @ 1.25 = *USD 15.00*",
        "3 boxes × Lilies @ 20.00 +8.25% = *USD 60.00*",
        "-1 × Discount @ 5.00 = *-USD 5.00*",
        "Net USD 70.00",
        "Tax 8.25% on USD 60.00: USD 4.95",
        "*Total USD 74.95*",
        "9 Apr 2026",
        "7781-B",
    ):
        assert shown in text
    assert stored(stage) == (None, None)
    assert stage.mails() == []


def test_sending_makes_the_order_its_invoice_and_the_mail(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    assert modal.submit_text == "Send"
    assert modal.value("What is to happen?") == "Issue the invoice and send it"
    assert modal.ticked() == ["ap@iris.test", "Payment Link"]
    assert modal.submit().action == "update"
    order, invoice = stored(stage)
    assert order is not None
    assert invoice is not None
    assert (order.created_by, order.total, invoice.total) == (SALLY.id, 7495, 7495)
    assert (invoice.order_number, invoice.version) == ("SO-1001", 1)
    [mail] = stage.mails()
    assert (mail.invoice_number, mail.link_id is None) == ("INV-1001", False)
    assert mail.payload["typed_in"] == stage.slack.workspace.channel("#payments").id
    assert "Order *SO-1001* has its invoice *INV-1001*" in sally.modal.text()
    assert "*INV-1001* goes to ap@iris.test." in sally.modal.text()


def test_closing_what_was_done_closes_the_form_beneath(sally: Person) -> None:
    reviewing(sally).modal.submit()
    sally.modal.close()
    assert not sally.has_modal


def test_saving_alone_needs_no_fields_of_a_mail(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save the order only")
    assert modal.labels == ["What is to happen?"]
    assert modal.submit_text == "Save"
    assert modal.submit().action == "update"
    assert "Order *SO-1001* of Blue Iris Florist over USD 74.95 is saved." in sally.modal.text()
    order, invoice = stored(stage)
    assert order is not None
    assert invoice is None
    assert stage.mails() == []


def test_choosing_back_shows_the_fields_again(sally: Person) -> None:
    modal = reviewing(sally).modal
    modal.pick("What is to happen?", "Save the order only")
    modal.pick("What is to happen?", "Issue the invoice")
    assert "Email addresses" in modal.labels
    assert modal.submit_text == "Send"


def test_every_mistake_is_told_at_its_field_and_nothing_is_lost(
    stage: SlackRoom, sally: Person
) -> None:
    sally.modal.fill("Lines", "12 x Roses @ 1.25\nRoses\n1,250 x Lilies @ 1")
    sally.modal.fill("Tax %", "a lot")
    sally.modal.pick("Due date", "2026-03-09")
    submission = sally.modal.submit()
    assert submission.errors.keys() == {"Lines", "Tax %", "Due date"}
    assert "Line 2: there is no price" in submission.errors["Lines"]
    assert "Line 3: “1,250” can be read in two ways" in submission.errors["Lines"]
    assert "10 Mar 2026" in submission.errors["Due date"]
    assert sally.modal.value("Lines") == "12 x Roses @ 1.25\nRoses\n1,250 x Lilies @ 1"
    assert stored(stage) == (None, None)


@pytest.mark.parametrize(
    ("lines", "mend"),
    [
        ("1 x Roses @ 0", "The total is USD 0.00: give at least one line a price."),
        ("1 x Roses @ 5\n-2 x Roses @ 5", "that would be a credit memo"),
        ("999999999999 x Roses @ 999999999999", "larger than an invoice can hold"),
        ("\n" * 5, "Write what is ordered"),
        ("1 x a @ 1\n" * 101, "101 lines are too many"),
    ],
)
def test_what_cannot_be_invoiced_is_told_under_the_lines(
    sally: Person, lines: str, mend: str
) -> None:
    sally.modal.fill("Lines", lines)
    assert mend in sally.modal.submit().errors["Lines"]


def test_back_leads_to_the_form_as_it_was_and_a_second_review_shows_the_change(
    stage: SlackRoom, sally: Person
) -> None:
    reviewing(sally).modal.close()
    assert sally.modal.value("Lines") == LINES
    reviewing(sally, "1 x Roses @ 2").modal.submit()
    order, _ = stored(stage)
    assert order is not None
    assert order.total == 200


def test_bad_addresses_are_named_and_nothing_is_stored(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    modal.fill("Email addresses", "nonsense")
    assert "nonsense" in modal.submit().errors["Email addresses"]
    assert stored(stage) == (None, None)


def test_the_same_submission_twice_is_one_order_one_invoice_one_mail(
    stage: SlackRoom, sally: Person
) -> None:
    reviewing(sally).modal.submit()
    assert sally.replay().ok
    with stage.desk.database.reading() as session:
        assert orders.find(session, "SO-1002") is None
        assert invoices.find(session, "INV-1002") is None
    assert len(stage.mails()) == 1


def test_a_form_that_made_its_order_makes_no_other(stage: SlackRoom, sally: Person) -> None:
    form, shown = sally.modal, stage.slack.workspace.views
    opened = stage.slack.workspace.log.calls("views.open")[-1].arguments["view"]
    reviewing(sally).modal.submit()
    assert not form.is_open
    assert isinstance(opened, dict)
    shown.open(SALLY.id, opened, None)
    again = stage.person(SALLY)
    again.modal.fill("Lines", "1 x Roses @ 1")
    again.modal.submit()
    assert "it made order SO-1001" in again.modal.text()


def test_links_disabled_while_the_review_was_open_is_said_under_the_tick(
    stage: SlackRoom, sally: Person
) -> None:
    modal = reviewing(sally).modal
    switch_links_off(stage.desk.database)
    assert "Untick Payment Link" in modal.submit().errors["Payment Link"]
    assert stored(stage) == (None, None)


def test_a_role_taken_away_meanwhile_stops_it(stage: SlackRoom, sally: Person) -> None:
    modal = reviewing(sally).modal
    with stage.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    modal.submit()
    assert "You have no role" in sally.modal.text()
    assert stored(stage) == (None, None)


def test_somebody_without_a_role_gets_no_form(stage: SlackRoom) -> None:
    person = stage.person(NOBODY)
    assert "You have no role" in person.command("/pay", "order new").text
    assert not person.has_modal


def test_more_customers_than_can_be_shown_are_said_to_be_there(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        for number in range(120):
            add_customer(session, f"D{number}", name=f"Daisy {number}")
    sally = stage.person(SALLY)
    sally.command("/pay", "order new daisy")
    assert "Many customers begin with 'daisy'" in sally.modal.text()
    offered = sally.modal.search("Customer", "daisy")
    assert len(offered) == 100
    assert offered[-1]["text"]["text"].startswith("There are more")
    sally.modal.pick("Customer", "There are more", search="daisy")
    sally.modal.fill("Lines", LINES)
    assert "Choose the customer" in sally.modal.submit().errors["Customer"]


def test_where_the_erp_enters_orders_nothing_is_offered(stage: SlackRoom) -> None:
    policy = replace(stage.desk.policy, order_entry=False)
    room = replace(stage.room, desk=replace(stage.desk, policy=policy))
    with slack_room(room) as closed:
        sally = closed.person(SALLY)
        assert "New order" not in sally.command("/pay").text
        assert "order new" not in sally.command("/pay", "help").text
        assert "Orders are entered in the ERP" in sally.command("/pay", "order new").text
        assert not sally.has_modal
    assert audited(stage.desk, "refused") == []


def test_order_with_something_else_is_the_order_summary(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    sally.command("/pay", "order")
    assert sally.modal.title == "Order Summary"
    sally.modal.press("New order")
    assert sally.modal.title == "New order"
