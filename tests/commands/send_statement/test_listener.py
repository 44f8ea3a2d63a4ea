"""The form in Slack: who, which type, until when; figures that follow; a preview; Send, Undo."""

from datetime import timedelta

import pytest

from bot.sandbox.slack.person import Person
from commands.send_invoice.preview import signed_pdf
from storage import customers
from tests.builders import NOBODY, NOW, SALLY, add_invoice
from tests.commands.deliver.posting import drain, parsed, pdf
from tests.commands.send_statement.books import link_switch
from tests.slack_room import SlackRoom, rows

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def sally(stage: SlackRoom) -> Person:
    """Sally with the form of Blue Iris, who owe INV-1042 and have an address for statements."""
    with stage.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "statement", ["accounts@iris.test"])
    person = stage.person(SALLY)
    assert person.command("/pay", "statement Blue Iris Florist").ok
    return person


def leave(stage: SlackRoom) -> None:
    stage.room.clock.advance(seconds=11)
    drain(stage.room)


def test_the_form_has_the_words_that_staff_know(sally: Person) -> None:
    shown = sally.modal.text()
    assert sally.modal.title == "Create / Send Statement"
    for words in ("Statement type", "End date", "Payment Link", "Email addresses"):
        assert words in shown
    assert "USD 125.00" in shown
    assert sally.modal.value("End date") == "2026-03-10"


def test_it_is_sent_to_the_contacts_for_statements(stage: SlackRoom, sally: Person) -> None:
    assert sally.modal.submit().action == "close"
    [mail] = stage.mails()
    leave(stage)
    [envelope] = stage.room.mailer.sent
    assert envelope.recipients == ("accounts@iris.test",)
    assert "USD 125.00 to be paid" in parsed(envelope)["Subject"]
    assert mail.purpose == "statement"


def test_another_end_date_shows_other_figures(sally: Person) -> None:
    sally.modal.pick("End date", "2026-02-01")
    shown = sally.modal.text()
    assert "USD 0.00" in shown
    assert "1 Feb 2026" in shown
    assert "Not possible: There is nothing to pay." in shown


def test_a_day_to_come_is_refused_under_its_field(stage: SlackRoom, sally: Person) -> None:
    sally.modal.pick("End date", (NOW + timedelta(days=3)).date().isoformat())
    assert "cannot end in the future" in sally.modal.text()
    assert sally.modal.submit().errors == {"End date": "A statement cannot end in the future."}
    assert stage.mails() == []


def test_the_preview_is_the_pdf_itself(stage: SlackRoom, sally: Person) -> None:
    signed = str(sally.modal.press("Preview PDF").url).rpartition("/")[2]
    shown = signed_pdf(stage.desk, signed=signed)
    assert shown.name == "Preview Bloom Wholesale Statement C1 2026-03-10 USD.pdf"
    assert b"Pay USD 125.00" in shown.content
    assert rows(stage.desk) == []


def test_without_a_customer_whoever_owes_something_is_shown(stage: SlackRoom) -> None:
    person = stage.person(SALLY)
    person.command("/pay", "statement")
    assert person.modal.title == "Aging / Statements"
    person.modal.press("Create / Send Statement")
    assert "Closing balance" in person.modal.text()


def test_a_disabled_customer_has_no_payment_link_to_tick(stage: SlackRoom) -> None:
    link_switch(stage.room, "C1", on=False)
    person = stage.person(SALLY)
    person.command("/pay", "statement C1")
    assert "Not possible: Payment links are disabled for Blue Iris Florist" in person.modal.text()
    assert person.modal.submit().action == "close"
    [mail] = stage.mails()
    assert mail.link_id is None


def test_two_currencies_are_two_statements(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-7", total=900, currency="EUR")
    person = stage.person(SALLY)
    person.command("/pay", "statement C1")
    assert "USD 125.00" in person.modal.text()
    person.modal.pick("Currency", "EUR")
    assert "EUR 9.00" in person.modal.text()
    assert person.modal.submit().action == "close"
    leave(stage)
    assert "EUR 9.00" in parsed(stage.room.mailer.sent[0])["Subject"]


def test_the_card_follows_and_shows_what_was_sent(stage: SlackRoom, sally: Person) -> None:
    sally.modal.submit()
    drain(stage.room)
    leave(stage)
    sent = pdf(parsed(stage.room.mailer.sent[0]))
    [card] = stage.room.announcer.posts
    assert "Statement C1 2026-03-10 USD for Blue Iris Florist" in card.text
    assert b"Blue Iris" in sent


def test_somebody_without_a_role_is_told_so(stage: SlackRoom) -> None:
    said = stage.person(NOBODY).command("/pay", "statement C1").text
    assert "You have no role" in said
