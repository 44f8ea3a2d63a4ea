"""MAIL_MODE: live, redirect (a trial, everything to one address), hold (nothing leaves)."""

from dataclasses import replace

import pytest

from storage import customers
from tests.commands.deliver.posting import body, drain, outcomes, parsed, queue_mail, row, turn
from tests.conftest import Room


def set_mode(room: Room, mode: str, copy_to: str = "trial@bloom.test") -> None:
    policy = replace(room.desk.policy, mail_mode=mode, mail_copy_to=copy_to)
    room.desk = replace(room.desk, policy=policy)


def test_on_hold_mails_stay_queued_and_slack_goes_on(room: Room) -> None:
    set_mode(room, "hold")
    mail = queue_mail(room)
    drain(room)
    assert room.mailer.sent == []
    assert row(room.desk.database, mail).status == "queued"
    assert row(room.desk.database, mail).attempts == 0
    assert len(room.announcer.posts) == 1


def test_what_was_held_leaves_when_the_mode_is_live_again(room: Room) -> None:
    set_mode(room, "hold")
    mail = queue_mail(room)
    drain(room)
    set_mode(room, "live")
    drain(room)
    assert row(room.desk.database, mail).status == "sent"


def test_a_redirected_mail_reaches_nobody_but_the_trial_address(room: Room) -> None:
    set_mode(room, "redirect")
    mail = queue_mail(room, "ap@iris.test", "boss@iris.test")
    drain(room)
    (sent,) = room.mailer.sent
    assert (sent.recipients, sent.silent) == (("trial@bloom.test",), ())
    assert parsed(sent)["To"] == "trial@bloom.test"
    assert outcomes(room.desk.database, mail) == {"ap@iris.test": "sent", "boss@iris.test": "sent"}


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_redirected_mail_is_marked_and_names_its_recipients(room: Room, kind: str) -> None:
    set_mode(room, "redirect")
    queue_mail(room, "ap@iris.test", "boss@iris.test")
    drain(room)
    message = parsed(room.mailer.sent[0])
    assert message["Subject"].startswith("[TRIAL] Invoice INV-1042")
    assert "TRIAL" in body(message, kind)
    assert "ap@iris.test, boss@iris.test" in body(message, kind)


def test_a_refusal_of_the_trial_address_flags_no_customer(room: Room) -> None:
    set_mode(room, "redirect")
    mail = queue_mail(room)
    room.mailer.answers["trial@bloom.test"] = (550, "No such user")
    drain(room)
    assert row(room.desk.database, mail).status == "failed"
    with room.desk.database.reading() as session:
        assert [each.refused for each in customers.contacts(session, "C1", "invoice")] == [""]


def test_redirect_without_an_address_sends_nothing(room: Room) -> None:
    set_mode(room, "redirect", copy_to="")
    queue_mail(room)
    assert not turn(room, kinds=("email",))


def test_a_mail_frozen_as_a_trial_is_never_sent_to_the_customer(room: Room) -> None:
    set_mode(room, "redirect")
    queue_mail(room)
    room.mailer.answers["trial@bloom.test"] = (451, "later")
    drain(room)
    set_mode(room, "live", copy_to="")
    room.clock.advance(minutes=1)
    drain(room)
    (sent,) = room.mailer.sent
    assert sent.recipients == ("ap@iris.test",)
    assert b"TRIAL" not in sent.message
