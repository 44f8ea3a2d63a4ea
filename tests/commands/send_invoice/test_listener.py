import pytest

from bot.sandbox.slack.person import Person
from commands.payment_link import service as payment_link
from storage import customers, deliveries, users
from tests.builders import CARL, MARA, NOBODY, SALLY, add_invoice
from tests.slack_room import SlackRoom, audited

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def sally(stage: SlackRoom) -> Person:
    """Sally with the form of INV-1042 open."""
    person = stage.person(SALLY)
    assert person.command("/pay", "invoice INV-1042", channel="#payments").ok
    return person


def recipients(stage: SlackRoom) -> list[str]:
    with stage.desk.database.reading() as session:
        return [row.address for row in deliveries.recipients(session, 1)]


def test_the_form_shows_what_is_sent_to_whom(sally: Person) -> None:
    text = sally.modal.text()
    for shown in ("Blue Iris Florist", "USD 125.00", "14 Mar 2026", "none yet"):
        assert shown in text
    assert sally.modal.ticked() == ["ap@iris.test", "Payment Link"]
    assert sally.modal.labels == [
        "Contacts on file",
        "Email addresses",
        "Payment Link",
        "Message",
        "Copy",
    ]


def test_the_form_says_that_the_link_was_turned_off(stage: SlackRoom, sally: Person) -> None:
    sally.modal.submit()
    [mail] = stage.mails()
    payment_link.turn_off(MARA, stage.desk, link_id=str(mail.link_id))
    mara = stage.person(MARA)
    mara.command("/pay", "invoice INV-1042")
    assert "turned off" in mara.modal.text()


def test_the_form_of_a_credit_memo_speaks_of_no_day_and_no_link(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-2000)
    sally = stage.person(SALLY)
    sally.command("/pay", "invoice CM-7")
    shown = sally.modal.text()
    assert "Due" not in shown
    assert "Link state" not in shown


def test_sending_queues_the_mail_and_the_card_and_closes(stage: SlackRoom, sally: Person) -> None:
    submission = sally.modal.submit()
    assert (submission.action, sally.has_modal) == ("clear", False)
    [mail] = stage.mails()
    assert recipients(stage) == ["ap@iris.test"]
    assert mail.payload["typed_in"] == stage.slack.workspace.channel("#payments").id
    with stage.desk.database.reading() as session:
        assert [card.lane for card in deliveries.about(session, 1)] == [SALLY.id]


def test_a_new_address_is_pointed_out_after_sending(stage: SlackRoom, sally: Person) -> None:
    sally.modal.fill("Email addresses", "New One <new@iris.test>")
    assert sally.modal.submit().action == "update"
    assert "Not on file for Blue Iris Florist: new@iris.test" in sally.modal.text()
    assert "Undo" in sally.modal.text()
    assert recipients(stage) == ["ap@iris.test", "new@iris.test"]


def test_a_mail_within_a_day_is_pointed_out_before_and_after(
    stage: SlackRoom, sally: Person
) -> None:
    sally.modal.submit()
    carl = stage.person(CARL)
    carl.command("/pay", "1042")
    assert f"mailed within the last 24 hours by <@{SALLY.id}>" in carl.modal.text()
    assert carl.modal.submit().action == "update"
    assert "was mailed already" in carl.modal.text()
    assert len(stage.mails()) == 2


def test_bad_addresses_are_named_and_nothing_else_is_lost(stage: SlackRoom, sally: Person) -> None:
    sally.modal.fill("Email addresses", "nonsense, ok@iris.test; also@@bad.test")
    sally.modal.fill("Message", "Thank you")
    errors = sally.modal.submit().errors["Email addresses"]
    assert "nonsense" in errors
    assert "also@@bad.test" in errors
    assert sally.modal.value("Message") == "Thank you"
    assert stage.mails() == []


def test_no_recipient_at_all_is_said_under_the_field(stage: SlackRoom, sally: Person) -> None:
    sally.modal.untick("ap@iris.test")
    assert "at least one" in sally.modal.submit().errors["Email addresses"]


def test_without_the_tick_no_link_is_made(stage: SlackRoom, sally: Person) -> None:
    sally.modal.untick("Payment Link")
    assert sally.modal.submit().ok
    assert stage.mails()[0].link_id is None


def test_links_disabled_while_the_form_was_open_is_said_under_the_tick(
    stage: SlackRoom, sally: Person
) -> None:
    with stage.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
    assert "disabled" in sally.modal.submit().errors["Payment Link"]
    assert stage.mails() == []
    again = stage.person(SALLY)
    again.command("/pay", "1042")
    assert "Payment Link" not in again.modal.labels
    assert "Not possible: Payment links are disabled" in again.modal.text()


def test_an_address_that_was_refused_is_shown_and_not_ticked(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        customers.mark_refused(session, "C1", "ap@iris.test", "550 no such user")
    sally = stage.person(SALLY)
    sally.command("/pay", "1042")
    assert sally.modal.ticked() == ["Payment Link"]
    assert "550 no such user" in sally.modal.text()


def test_a_role_taken_away_while_the_form_is_open_stops_the_submission(
    stage: SlackRoom, sally: Person
) -> None:
    with stage.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    assert sally.modal.submit().action == "update"
    assert "You have no role in Payment Links" in sally.modal.text()
    assert stage.mails() == []


def test_the_same_submission_sent_twice_is_one_mail(stage: SlackRoom, sally: Person) -> None:
    sally.modal.submit()
    assert sally.replay().ok
    assert len(stage.mails()) == 1


def test_two_forms_of_one_draft_are_one_mail(stage: SlackRoom, sally: Person) -> None:
    form = sally.modal
    form.submit()
    stage.slack.workspace.views.open(SALLY.id, _as_sent(form.blocks, stage), None)
    assert stage.person(SALLY).modal.submit().ok
    assert len(stage.mails()) == 1


def _as_sent(blocks: list[dict[str, object]], stage: SlackRoom) -> dict[str, object]:
    opened = stage.slack.workspace.log.calls("views.open")[-1].arguments["view"]
    assert isinstance(opened, dict)
    return opened | {"blocks": blocks}


def test_a_void_invoice_says_so(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-9", lifecycle="void")
    assert "INV-9 is void" in stage.person(MARA).command("/pay", "INV-9").text


def test_somebody_without_a_role_is_told_whom_to_ask(stage: SlackRoom) -> None:
    answer = stage.person(NOBODY).command("/pay", "INV-1042")
    assert "You have no role" in answer.text
    assert "<@U0ANNA>" in answer.text
    assert [entry.actor for entry in audited(stage.desk, "denied")] == [NOBODY.id]
