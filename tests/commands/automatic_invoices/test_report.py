"""What the payments channel hears of one import's automatic invoices, and when."""

import pytest

from bot.adapters.slack_announcer import SlackAnnouncer
from commands.access import AUTOMATIC
from commands.automatic_invoices.service import report_next
from commands.errors import MailUnavailable
from commands.payment_link.service import turn_off
from commands.ports import SlackPost
from storage import payment_links
from tests.automatic import Office
from tests.builders import ANNA, SALLY
from tests.commands.deliver.posting import by_purpose, drain
from tests.slack_room import SlackRoom, slack_room

THREE = tuple(f"INV-{n},C{1 + n % 2},2026-03-10,1,{n}.00" for n in (7, 8, 9))
GONE = MailUnavailable("The mail server does not answer.")


def test_there_is_one_report_for_one_import(office: Office) -> None:
    office.bring(*THREE)
    office.work()
    (said,) = office.said()
    assert said.startswith("Automatic invoices: 3 mailed\n")
    assert ":incoming_envelope: *Automatic invoices*: 3 mailed" in said


def test_each_import_has_its_own(office: Office) -> None:
    for row in THREE:
        office.bring(row)
    office.work()
    assert len(office.said()) == 3


def test_it_waits_until_every_mail_is_settled(office: Office) -> None:
    office.bring(*THREE)
    office.decide()
    office.room.mailer.fault_before_data = GONE
    drain(office.room)
    assert not report_next(AUTOMATIC, office.room.desk)
    office.room.mailer.fault_before_data = None
    office.room.clock.advance(minutes=5)
    office.work()
    assert office.said()[0].startswith("Automatic invoices: 3 mailed")


def test_after_half_an_hour_it_says_what_is_still_on_its_way(office: Office) -> None:
    office.bring(*THREE)
    office.room.mailer.fault_before_data = GONE
    office.work()
    assert office.said() == []
    office.room.clock.advance(minutes=30)
    office.work()
    assert office.said()[0].startswith("Automatic invoices: 0 mailed, 3 still on their way")


def test_addresses_that_refuse_are_told_once_in_the_report(office: Office) -> None:
    office.room.mailer.answers = {
        "red@poppy.test": (550, "no such user"),
        "owner@iris.test": (550, "mailbox full for good"),
    }
    office.bring("INV-7,C1,2026-03-10,1,7.00", "INV-8,C2,2026-03-10,1,8.00")
    office.work()
    (said,) = office.said()
    assert "1 mailed, 1 could not be mailed" in said
    assert "*Could not be mailed*\n• INV-8: red@poppy.test: no such user" in said
    assert "*Did not reach everybody*\n• INV-7: owner@iris.test: mailbox full for good" in said


def test_addresses_for_which_there_is_no_room_are_told(office: Office) -> None:
    emails = ";".join(f"a{n}@iris.test" for n in range(23))
    many = f"customer_id,name,invoice_emails\nC1,Blue Iris Florist,{emails}\n"
    office.bring("INV-7,C1,2026-03-10,1,7.00", customers=many)
    office.work()
    assert len(office.room.mailer.sent[0].recipients) == 20
    assert "• INV-7: only the first 20 of 23 addresses" in office.said()[0]


def test_what_fails_after_the_report_is_told_by_itself(office: Office) -> None:
    office.room.mailer.fault_before_data = GONE
    office.bring(THREE[0])
    office.work()
    office.room.clock.advance(minutes=31)
    office.work()
    office.room.clock.advance(days=2)
    office.work()
    assert "The invoice mail INV-7 to red@poppy.test could not be sent." in office.said()[1]


def test_the_names_of_a_customer_s_choosing_do_no_harm(office: Office) -> None:
    name = "<!channel> *Iris* & <https://evil.test|Co>"
    off = f"customer_id,name,payment_links_enabled\nC1,{name},false\n"
    office.bring("INV-7,C1,2026-03-10,1,7.00", customers=off)
    office.work()
    (said,) = office.said()
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said


def test_a_long_report_is_short_in_the_channel(office: Office) -> None:
    many_without_an_address(office, 100)
    (said,) = office.said()
    assert "0 mailed, 100 could not be mailed" in said
    assert "… and 88 more" in said
    assert len(said) < 3500


def many_without_an_address(office: Office, count: int) -> None:
    rows = (f"INV-{n},C9,2026-03-10,1,5.00" for n in range(count))
    office.bring(*rows, customers="customer_id,name\nC9,Nobody's\n")
    office.work()


@pytest.mark.databases("sqlite")  # what is read is read the same way on both above
def test_the_whole_list_is_behind_a_button(office: Office) -> None:
    many_without_an_address(office, 150)  # more than one block of text can hold
    with slack_room(office.room) as stage:
        text = shown_by_the_button(stage)
    assert "INV-149: no address on file" in text
    assert text.count("no address on file") == 150


def shown_by_the_button(stage: SlackRoom) -> str:
    """Sally presses "Show all" under the report, posted through the real announcer."""
    posted = next(p for p in stage.room.announcer.posts if "Automatic" in p.text)
    announcer = SlackAnnouncer(stage.slack.bot_token, stage.slack.api_url)
    announcer.post(SlackPost("#payments", posted.text, posted.blocks, None, posted.key))
    [message] = stage.slack.workspace.channel("#payments").messages
    sally = stage.person(SALLY)
    sally.press(message, "Show all")
    return sally.modal.text()


def test_a_trial_says_so(office: Office) -> None:
    office.policy(mail_mode="redirect", mail_copy_to="us@bloom.test")
    office.bring(THREE[0])
    office.work()
    assert "A trial: everything went to MAIL_COPY_TO" in office.said()[0]


def test_a_link_turned_off_before_the_mail_left_is_a_gap(office: Office) -> None:
    office.bring(THREE[0])
    office.decide()
    with office.database.reading() as session:
        keys = office.room.desk.keyring.ids
        link = payment_links.active_for(session, "invoice", "INV-7", keys)
        assert link is not None
    turn_off(ANNA, office.room.desk, link_id=link.id)
    office.work()
    assert "*Without a link*\n• INV-7: The payment link was turned off." in office.said()[0]


def test_the_report_is_queued_once_however_many_clocks_there_are(office: Office) -> None:
    office.bring(THREE[0])
    office.decide()
    drain(office.room)
    assert report_next(AUTOMATIC, office.room.desk)
    assert not report_next(AUTOMATIC, office.room.desk)
    (row,) = by_purpose(office.database, "automatic_report")
    assert row.key == "automatic-invoices:2"  # the customers came with the first import
