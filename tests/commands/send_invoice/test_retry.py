from dataclasses import replace

import pytest

from commands.access import Actor
from commands.deliver.card import mail_card
from commands.errors import MailUnavailable, NotFound, NotPermitted, Refused
from commands.payment_link import service as payment_link
from commands.ports import MailOutcomeUnknown
from commands.send_invoice.retry import retry_send
from commands.send_invoice.service import undo
from renderers.slack_values import MailCard
from storage import deliveries, invoices
from storage.deliveries import DeliveryStatus
from tests.builders import ANNA, CARL, MARA, NOBODY, SALLY
from tests.commands.deliver.posting import (
    PAY,
    body,
    by_purpose,
    drain,
    outcomes,
    parsed,
    queue_mail,
    row,
)
from tests.conftest import Room
from tests.slack_room import audited

AP, BOSS = "ap@iris.test", "boss@iris.test"


def refused_by(room: Room, *addresses: str, to: tuple[str, ...] = (AP,)) -> int:
    """A mail that those addresses refused; they would take it now."""
    mail = queue_mail(room, *to)
    room.mailer.answers.update(dict.fromkeys(addresses, (550, "No such user")))
    drain(room)
    room.mailer.answers.clear()
    return mail


def lost(room: Room) -> int:
    """A mail whose answer was lost twice; the server answers again."""
    mail = queue_mail(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    for _ in range(2):
        drain(room)
        room.clock.advance(minutes=10)
    room.mailer.fault_after_data = None
    assert row(room.desk.database, mail).status == "unknown"
    return mail


def card(room: Room, mail_id: int) -> MailCard:
    with room.desk.database.reading() as session:
        mail = deliveries.find(session, mail_id)
        assert mail is not None
        return mail_card(session, room.desk, mail, shared=False)


def retry(room: Room, mail_id: int, actor: Actor = SALLY) -> None:
    retry_send(actor, room.desk, delivery_id=mail_id)
    drain(room)


def test_a_mail_that_failed_goes_again_under_the_same_message_id(room: Room) -> None:
    mail = refused_by(room, AP)
    before = row(room.desk.database, mail)
    retry(room, mail)
    after = row(room.desk.database, mail)
    assert (after.status, after.error, after.attempts) == ("sent", None, 1)
    assert after.key == before.key
    assert [parsed(sent)["Message-ID"] for sent in room.mailer.sent] == [before.message_id]


def test_only_whom_it_missed_gets_it_again_with_the_same_bytes(room: Room) -> None:
    mail = refused_by(room, BOSS, to=(AP, BOSS))
    retry(room, mail)
    first, second = room.mailer.sent
    assert second.recipients == (BOSS,)
    assert second.message == first.message
    assert outcomes(room.desk.database, mail) == {AP: "sent", BOSS: "sent"}


def test_a_mail_given_up_has_another_day(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_before_data = MailUnavailable("The mail server cannot be reached.")
    for _ in range(30):
        drain(room)
        room.clock.advance(hours=1)
    assert row(room.desk.database, mail).status == "failed"
    retry(room, mail)
    assert row(room.desk.database, mail).status == "queued"
    room.mailer.fault_before_data = None
    room.clock.advance(minutes=2)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"


def test_pressing_twice_is_one_retry(room: Room) -> None:
    mail = refused_by(room, AP)
    retry_send(SALLY, room.desk, delivery_id=mail)
    with pytest.raises(Refused, match="on its way already"):
        retry_send(SALLY, room.desk, delivery_id=mail)
    drain(room)
    assert len(room.mailer.sent) == 1
    assert len([e for e in audited(room.desk, "ok") if e.action == "retry_send"]) == 1


def test_every_retry_is_told_on_the_card(room: Room) -> None:
    mail = refused_by(room, AP)
    for _ in range(2):
        room.mailer.answers[AP] = (550, "Still no such user")
        edits = len(by_purpose(room.desk.database, "card_edit"))
        retry(room, mail)
        assert len(by_purpose(room.desk.database, "card_edit")) == edits + 2
        assert "Still no such user" in str(room.announcer.updates[-1][1].blocks)
    room.mailer.answers.clear()
    retry(room, mail)
    assert "Sent" in room.announcer.updates[-1][1].text


def test_the_audit_says_who_was_tried_again(room: Room) -> None:
    mail = refused_by(room, BOSS, to=(AP, BOSS))
    retry_send(MARA, room.desk, delivery_id=mail)
    (entry,) = [e for e in audited(room.desk, "ok") if e.action == "retry_send"]
    assert (entry.actor, entry.object) == (MARA.id, "INV-1042")
    assert entry.detail == {"delivery": mail, "was": "sent", "recipients": [BOSS]}


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [(SALLY, True), (ANNA, True), (MARA, True), (CARL, False), (NOBODY, False)],
)
def test_a_colleague_s_mail_is_retried_only_by_a_manager(
    room: Room, actor: Actor, allowed: bool
) -> None:
    mail = refused_by(room, AP)
    if allowed:
        retry_send(actor, room.desk, delivery_id=mail)
    else:
        with pytest.raises(NotPermitted):
            retry_send(actor, room.desk, delivery_id=mail)
    assert row(room.desk.database, mail).status == ("queued" if allowed else "failed")


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("sent", "reached everybody"),
        ("queued", "on its way"),
        ("sending", "on its way"),
        ("cancelled", "was undone"),
    ],
)
def test_there_is_nothing_to_retry(room: Room, status: DeliveryStatus, why: str) -> None:
    mail = queue_mail(room)
    drain(room)
    with room.desk.database.writing() as session:
        found = deliveries.find(session, mail)
        assert found is not None
        found.status, found.lease_token = status, "lease"
    assert not card(room, mail).can_retry
    with pytest.raises(Refused, match=why):
        retry_send(SALLY, room.desk, delivery_id=mail)
    assert row(room.desk.database, mail).status == status


def test_a_void_invoice_is_not_sent_again(room: Room) -> None:
    mail = refused_by(room, AP)
    with room.desk.database.writing() as session:
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        invoice.lifecycle = "void"
    assert not card(room, mail).can_retry
    with pytest.raises(Refused, match="void"):
        retry_send(SALLY, room.desk, delivery_id=mail)


def test_a_mail_that_nobody_knows_cannot_be_retried(room: Room) -> None:
    with pytest.raises(NotFound):
        retry_send(SALLY, room.desk, delivery_id=404)


# -- what may have arrived ----------------------------------------------------------------------


def test_the_second_copy_of_what_may_have_arrived_has_the_same_message_id(room: Room) -> None:
    mail = lost(room)
    assert (card(room, mail).can_retry, card(room, mail).may_arrive_twice) == (True, True)
    retry(room, mail)
    assert row(room.desk.database, mail).status == "sent"
    assert len({sent.message for sent in room.mailer.sent}) == 1


def test_the_silent_copy_is_not_sent_again(room: Room) -> None:
    room.desk = replace(room.desk, policy=replace(room.desk.policy, mail_copy_to="copy@bloom.test"))
    retry(room, lost(room))
    assert room.mailer.sent[-1].silent == ()


def test_another_lost_answer_is_for_a_person_again(room: Room) -> None:
    mail = lost(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    retry(room, mail)
    assert row(room.desk.database, mail).status == "unknown"
    assert card(room, mail).can_retry


def test_what_may_have_arrived_is_not_undone_after_a_retry(room: Room) -> None:
    mail = lost(room)
    retry_send(SALLY, room.desk, delivery_id=mail)
    with pytest.raises(Refused, match="already left"):
        undo(SALLY, room.desk, delivery_id=mail)


def test_a_link_turned_off_meanwhile_is_not_in_the_second_copy(room: Room) -> None:
    mail = lost(room)
    before = row(room.desk.database, mail)
    payment_link.turn_off(SALLY, room.desk, link_id=before.link_id or "")
    retry(room, mail)
    message = parsed(room.mailer.sent[-1])
    assert PAY not in body(message, "plain")
    assert message["Message-ID"] != before.message_id
