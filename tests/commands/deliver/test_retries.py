import pytest
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from commands.errors import MailUnavailable
from commands.ports import MailOutcomeUnknown
from storage import customers, deliveries
from tests.commands.deliver.posting import drain, outcomes, parsed, queue_mail, row, turn
from tests.conftest import Room

DOWN = MailUnavailable("The mail server cannot be reached.")


def test_an_outage_is_waited_out(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_before_data = DOWN
    for _ in range(12):
        drain(room)
        room.clock.advance(minutes=6)
    assert row(room.desk.database, mail).status == "queued"
    room.mailer.fault_before_data = None
    room.clock.advance(hours=1)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert len(room.mailer.sent) == 1


def test_a_database_that_is_busy_ends_no_mail(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_before_data = NoConnectionFree()
    with pytest.raises(NoConnectionFree):
        turn(room, kinds=("email",))
    room.mailer.fault_before_data = None
    room.clock.advance(minutes=6)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"


def test_waits_grow_from_a_minute_to_an_hour(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_before_data = DOWN
    waits = []
    for _ in range(10):
        turn(room, kinds=("email",))
        retry_at = row(room.desk.database, mail).retry_at
        assert retry_at is not None
        waits.append((retry_at - room.clock.real()).total_seconds())
        room.clock.instant = retry_at
    assert 48 <= waits[0] <= 60
    assert 96 <= waits[1] <= 120
    assert max(waits) <= 3600
    assert waits[-1] >= 2880


def test_after_a_day_it_is_given_up_and_the_sender_sees_it(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_before_data = DOWN
    for _ in range(30):
        drain(room)
        room.clock.advance(hours=1)
    assert row(room.desk.database, mail).status == "failed"
    assert "cannot be reached" in (row(room.desk.database, mail).error or "")
    assert "cannot be reached" in str(room.announcer.updates[-1][1].blocks)


def test_a_greylisted_mail_goes_again_with_the_same_bytes(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.answers["ap@iris.test"] = (451, "Greylisted")
    drain(room)
    first = row(room.desk.database, mail)
    assert (first.status, first.error) == ("queued", "ap@iris.test: Greylisted")
    room.mailer.answers.clear()
    room.clock.advance(minutes=1)
    drain(room)
    assert parsed(room.mailer.sent[0])["Message-ID"] == first.message_id
    assert row(room.desk.database, mail).attempts == 2


def test_only_the_unsettled_recipient_is_tried_again(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "boss@iris.test")
    room.mailer.answers["boss@iris.test"] = (451, "Mailbox busy")
    drain(room)
    room.mailer.answers.clear()
    room.clock.advance(minutes=1)
    drain(room)
    assert [sent.recipients for sent in room.mailer.sent] == [
        ("ap@iris.test", "boss@iris.test"),
        ("boss@iris.test",),
    ]
    assert room.mailer.sent[0].message == room.mailer.sent[1].message
    assert row(room.desk.database, mail).status == "sent"


def test_what_one_of_two_has_got_is_sent_when_the_other_is_given_up(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "boss@iris.test")
    room.mailer.answers["boss@iris.test"] = (451, "Mailbox busy")
    for _ in range(30):
        drain(room)
        room.clock.advance(hours=1)
    over = row(room.desk.database, mail)
    assert (over.status, over.error) == ("sent", "Given up: boss@iris.test: Mailbox busy")
    assert outcomes(room.desk.database, mail) == {
        "ap@iris.test": "sent",
        "boss@iris.test": "refused",
    }


def test_a_refused_address_is_flagged_and_the_others_get_the_mail(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "boss@iris.test")
    room.mailer.answers["ap@iris.test"] = (550, "No such user here")
    drain(room)
    assert outcomes(room.desk.database, mail) == {
        "ap@iris.test": "refused",
        "boss@iris.test": "sent",
    }
    assert row(room.desk.database, mail).status == "sent"
    with room.desk.database.reading() as session:
        (contact,) = customers.contacts(session, "C1", "invoice")
    assert contact.refused == "No such user here"
    assert "No such user here" in str(room.announcer.updates[-1][1].blocks)


def test_a_mail_that_everybody_refuses_failed_at_once(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.answers["ap@iris.test"] = (550, "No such user here")
    drain(room)
    failed = row(room.desk.database, mail)
    assert (failed.status, failed.attempts) == ("failed", 1)
    assert failed.error == "ap@iris.test: No such user here"


def test_a_lost_answer_is_tried_once_more_after_ten_minutes(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    drain(room)
    room.mailer.fault_after_data = None
    room.clock.advance(minutes=9)
    assert not turn(room)
    room.clock.advance(minutes=1)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert parsed(room.mailer.sent[0])["Message-ID"] == row(room.desk.database, mail).message_id


def test_two_lost_answers_are_for_a_person_to_look_at(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    drain(room)
    room.clock.advance(minutes=10)
    drain(room)
    room.clock.advance(days=2)
    drain(room)
    left = row(room.desk.database, mail)
    assert (left.status, left.attempts) == ("unknown", 2)
    assert outcomes(room.desk.database, mail) == {"ap@iris.test": "unknown"}


@pytest.mark.parametrize("later", [(550, "Spam"), (451, "Busy")])
def test_what_may_have_arrived_is_never_called_failed(room: Room, later: tuple[int, str]) -> None:
    mail = queue_mail(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    drain(room)
    room.mailer.fault_after_data = None
    room.mailer.answers["ap@iris.test"] = later
    for _ in range(30):
        room.clock.advance(hours=1)
        drain(room)
    assert row(room.desk.database, mail).status == "unknown"


def test_an_address_no_server_takes_is_refused_without_asking(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "jörg@iris.test", "two@x.test, evil@x.test")
    drain(room)
    assert room.mailer.sent[0].recipients == ("ap@iris.test",)
    assert outcomes(room.desk.database, mail) == {
        "ap@iris.test": "sent",
        "jörg@iris.test": "refused",
        "two@x.test, evil@x.test": "refused",
    }


def test_one_failing_mail_stops_no_other(room: Room) -> None:
    first = queue_mail(room, "gone@iris.test", mail_id="draft-1")
    second = queue_mail(room, "ap@iris.test", mail_id="draft-2")
    room.mailer.answers["gone@iris.test"] = (550, "No such user here")
    drain(room)
    with room.desk.database.reading() as session:
        found = (deliveries.find(session, first), deliveries.find(session, second))
    assert [each.status for each in found if each] == ["failed", "sent"]
