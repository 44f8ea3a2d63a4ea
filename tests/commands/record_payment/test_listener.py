from datetime import date
from typing import cast

import pytest

from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.person import Person
from storage import invoices, ledger
from storage.payments import Payment
from tests.builders import CARL, SALLY, add_customer, add_invoice
from tests.commands.deliver.posting import drain
from tests.slack_room import SlackRoom, audited
from tests.taking import take

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def carl(stage: SlackRoom) -> Person:
    """Carl with the form of Blue Iris, who owes INV-1042 and USD 40.00 for INV-1043."""
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000, due_date=date(2026, 3, 15))
    person = stage.person(CARL)
    assert person.command("/pay", "record Blue Iris Florist").ok
    return person


def balance(stage: SlackRoom, number: str) -> int:
    with stage.desk.database.reading() as session:
        row = invoices.find(session, number)
        assert row is not None
        return row.balance.minor


def recorded(stage: SlackRoom) -> list[Payment]:
    with stage.desk.database.reading() as session:
        return list(ledger.every(session, Payment))


def fill_in(carl: Person, amount: str = "150.00") -> None:
    carl.modal.pick("Method", "Cheque")
    carl.modal.fill("Cheque number", "1001")
    carl.modal.fill("Amount", amount)


def test_a_cheque_is_filled_in_reviewed_and_recorded(stage: SlackRoom, carl: Person) -> None:
    assert "Open: USD 165.00 on 2 invoices" in carl.modal.text()
    assert carl.modal.value("Received on") == "2026-03-10"
    fill_in(carl, "1,000.00")
    assert carl.modal.submit().action == "push"
    shown = carl.modal.text()
    assert "INV-1042: USD 125.00, then paid" in shown
    assert "USD 835.00 finds no invoice: kept as unapplied credit" in shown
    assert recorded(stage) == []
    assert carl.modal.submit().action == "update"
    assert "is recorded" in carl.modal.text()
    assert (balance(stage, "INV-1042"), balance(stage, "INV-1043")) == (0, 0)
    carl.modal.close()
    assert not carl.has_modal


def test_back_from_the_review_keeps_what_was_typed(stage: SlackRoom, carl: Person) -> None:
    fill_in(carl)
    carl.modal.submit()
    carl.modal.close()
    assert carl.modal.value("Cheque number") == "1001"
    carl.modal.fill("Amount", "20")
    carl.modal.submit()
    carl.modal.submit()
    assert recorded(stage)[0].amount == 2000


def test_an_invoice_that_was_named_is_ticked(stage: SlackRoom) -> None:
    carl = stage.person(CARL)
    carl.command("/pay", "record inv-1042")
    assert carl.modal.value("Put it on") == "The invoices ticked below"
    assert carl.modal.ticked()[0].startswith("INV-1042 · USD 125.00 · due 14 Mar 2026")


def test_of_many_invoices_the_one_that_was_named_is_among_those_shown(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        for number in range(60):
            add_invoice(session, f"INV-2{number:03}", total=100, due_date=date(2026, 1, 1))
    carl = stage.person(CARL)
    carl.command("/pay", "record INV-1042")
    assert carl.modal.ticked()[0].startswith("INV-1042")
    assert "11 more, due later" in carl.modal.text()
    fill_in(carl, "125")
    carl.modal.submit()
    carl.modal.submit()
    assert balance(stage, "INV-1042") == 0


def test_a_payment_of_many_invoices_is_reviewed_in_one_view(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        for number in range(250):
            add_invoice(session, f"INV-2{number:03}", total=100, due_date=date(2026, 1, 1))
    carl = stage.person(CARL)
    carl.command("/pay", "record C1")
    fill_in(carl, "375")
    assert carl.modal.submit().action == "push"
    assert "and 51 more invoices" in carl.modal.text()
    carl.modal.submit()
    assert balance(stage, "INV-1042") == 0


def test_mistakes_stand_beside_their_fields(stage: SlackRoom, carl: Person) -> None:
    fill_in(carl, "1,250")
    carl.modal.fill("Cheque number", "")
    errors = carl.modal.submit().errors
    assert "two ways" in errors["Amount in USD"]
    assert "number of the cheque" in errors["Cheque number"]


def test_a_customer_is_searched_for_and_can_be_changed(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy", emails=())
    carl = stage.person(CARL)
    carl.command("/pay", "record")
    carl.modal.pick("*Customer*", "Blue Iris Florist", search="blue")
    assert "INV-1042" in carl.modal.text()
    carl.modal.pick("*Customer*", "Red Poppy", search="red")
    assert "INV-1042" not in carl.modal.text()
    assert "Red Poppy has no address on file" in carl.modal.text()


def test_where_several_currencies_are_open_one_is_chosen(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-J", total=9800, currency="JPY")
    carl = stage.person(CARL)
    carl.command("/pay", "record C1")
    carl.modal.pick("*Currency*", "JPY")
    assert "INV-1042" not in carl.modal.text()
    carl.modal.pick("Method", "Cash")
    carl.modal.fill("Amount in JPY", "9800")
    carl.modal.submit()
    carl.modal.submit()
    assert balance(stage, "INV-J") == 0


def test_a_duplicate_is_recorded_only_after_a_tick(stage: SlackRoom, carl: Person) -> None:
    take(stage.desk, amount="20")
    fill_in(carl, "20")
    carl.modal.submit()
    assert f"Recorded already by <@{CARL.id}>" in carl.modal.text()
    assert "Recorded already?" in carl.modal.submit().errors
    carl.modal.tick("It is another payment")
    assert carl.modal.submit().ok
    assert len(recorded(stage)) == 2


def test_a_balance_that_moved_meanwhile_is_shown_again(stage: SlackRoom, carl: Person) -> None:
    fill_in(carl)
    carl.modal.submit()
    take(stage.desk, amount="25", cheque_number="7")
    assert carl.modal.submit().action == "update"
    assert "The balances changed meanwhile" in carl.modal.text()
    assert len(recorded(stage)) == 1
    carl.modal.submit()
    assert len(recorded(stage)) == 2


def test_without_the_role_it_is_refused_with_whom_to_ask(stage: SlackRoom) -> None:
    answer = stage.person(SALLY).command("/pay", "record Blue Iris")
    assert "You may not record a payment" in answer.text
    assert f"<@{CARL.id}>" in answer.text


def test_a_name_that_nobody_has_is_said(stage: SlackRoom) -> None:
    assert "No customer and no invoice" in stage.person(CARL).command("/pay", "record Zzz").text


def confirmation(stage: SlackRoom) -> Message:
    """The confirmation in the channel as the worker last composed it."""
    drain(stage.room)
    shown = stage.room.announcer
    said = [*shown.posts, *(post for _, post in shown.updates)]
    content = [post for post in said if post.text.startswith("Blue Iris Florist paid")][-1]
    blocks = cast("tuple[dict[str, object], ...]", tuple(content.blocks))
    workspace = stage.slack.workspace
    return workspace.post(workspace.channel("#payments"), Content(content.text, blocks))


def test_reverse_on_the_confirmation_opens_the_balance_and_is_told(stage: SlackRoom) -> None:
    take(stage.desk)
    message = confirmation(stage)
    assert f"recorded by <@{CARL.id}>" in message.visible_text()
    carl = stage.person(CARL)
    carl.press(message, "Reverse")
    assert "The balance opens again on INV-1042" in carl.modal.text()
    carl.modal.fill("Reason", "The cheque bounced")
    assert carl.modal.submit().ok
    assert balance(stage, "INV-1042") == 12500
    after = confirmation(stage)
    assert "USD 125.00 reversed by" in after.visible_text()
    assert not [block for block in after.blocks if block["type"] == "actions"]
    [reply] = [post for post in stage.room.announcer.posts if post.thread_ts]
    assert "The cheque bounced" in str(reply.blocks)
    assert "INV-1042: USD 125.00 is due again" in str(reply.blocks)


def test_sally_cannot_reverse(stage: SlackRoom) -> None:
    take(stage.desk)
    answer = stage.person(SALLY).press(confirmation(stage), "Reverse")
    assert "You may not record a payment" in answer.text
    assert [entry.actor for entry in audited(stage.desk, "denied")] == [SALLY.id]


def test_today_lists_turns_and_reverses(stage: SlackRoom) -> None:
    for number in range(11):
        take(stage.desk, amount="1", cheque_number=str(number))
    carl = stage.person(CARL)
    carl.command("/pay", "record today")
    assert "11 payments, USD 11.00" in carl.modal.text()
    carl.modal.press("Older")
    assert "Page 2 of 2" in carl.modal.text()
    carl.modal.press("Reverse")
    carl.modal.fill("Reason", "Typed wrong")
    carl.modal.submit()
    carl.command("/pay", "record today")
    assert "In all USD 10.00" in carl.modal.text()
