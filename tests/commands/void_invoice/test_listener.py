import pytest

from bot.sandbox.slack.person import Person
from storage import invoices, payments
from storage.invoices import Invoice
from tests.builders import CARL, SALLY, add_invoice
from tests.slack_room import SlackRoom
from tests.taking import take

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def invoice(stage: SlackRoom) -> Invoice:
    with stage.desk.database.reading() as session:
        row = invoices.find(session, "INV-1042")
        assert row is not None
        return row


def carl(stage: SlackRoom, typed: str = "void INV-1042") -> Person:
    person = stage.person(CARL)
    assert person.command("/pay", typed).ok
    return person


def test_the_effect_is_shown_before_it_happens(stage: SlackRoom) -> None:
    take(stage.desk, amount="100")
    person = carl(stage)
    person.modal.fill("Reason", "Wrong shop")
    assert person.modal.submit().action == "push"
    shown = person.modal.text()
    assert "USD 100.00 of rec_" in shown
    assert "Only an import with a higher version issues INV-1042 anew" in shown
    assert invoice(stage).status == "partly_paid"
    person.modal.submit()
    assert invoice(stage).status == "void"
    assert "INV-1042 is void" in person.modal.text()


def test_writing_off_gives_up_the_rest(stage: SlackRoom) -> None:
    person = carl(stage)
    person.modal.pick("What", "Write off")
    person.modal.fill("Reason", "Closed down")
    person.modal.submit()
    assert "Write off USD 125.00 of INV-1042" in person.modal.text()
    person.modal.submit()
    assert invoice(stage).status == "written_off"


def test_what_changed_meanwhile_is_shown_again(stage: SlackRoom) -> None:
    person = carl(stage)
    person.modal.fill("Reason", "Wrong shop")
    person.modal.submit()
    take(stage.desk, amount="1")
    assert person.modal.submit().action == "update"
    assert "The invoice changed meanwhile" in person.modal.text()
    person.modal.submit()
    assert invoice(stage).status == "void"


def test_without_a_number_it_is_searched_for(stage: SlackRoom) -> None:
    person = carl(stage, "void")
    person.modal.pick("*Which invoice?*", "INV-1042", search="1042")
    assert "Blue Iris Florist" in person.modal.text()


def test_without_the_role_it_is_refused(stage: SlackRoom) -> None:
    assert "You may not" in stage.person(SALLY).command("/pay", "void INV-1042").text


def test_voiding_a_credit_memo_says_what_is_owed_again(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        memo, owed = add_invoice(session, "CR-1", total=-2000), invoices.find(session, "INV-1042")
        assert owed is not None
        payments.apply_credit(session, memo, owed, 2000)
    person = carl(stage, "void CR-1")
    assert "the invoices it was put on are owed again" in person.modal.text()
    person.modal.fill("Reason", "Never granted")
    person.modal.submit()
    shown = person.modal.text()
    assert "USD 20.00 of INV-1042 is owed again" in shown
    assert "becomes credit" not in shown
