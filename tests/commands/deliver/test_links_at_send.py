"""Whether a mail carries a link is decided when it leaves, not when it was queued."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from commands.payment_link import service as payment_link
from commands.ports import AccountState, MailEnvelope, MailOutcomeUnknown, RecipientOutcome
from storage import customers, invoices
from tests.builders import ANNA
from tests.commands.deliver.posting import (
    PAY,
    body,
    drain,
    parsed,
    pdf,
    queue_mail,
    row,
)
from tests.conftest import Room
from tests.fakes import RecordingMailer


def disable_customer(room: Room) -> None:
    with room.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
        session.add(customer)


def turn_off(room: Room) -> None:
    link_id = row(room.desk.database, 1).link_id
    assert link_id is not None
    payment_link.turn_off(ANNA, room.desk, link_id=link_id)


def disconnect(room: Room) -> None:
    room.account.answer = AccountState("not_connected")


def void(room: Room) -> None:
    with room.desk.database.writing() as session:
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        invoice.lifecycle = "void"
        session.add(invoice)


def carries_link(envelope: MailEnvelope) -> bool:
    message = parsed(envelope)
    return PAY in body(message, "plain") + body(message, "html") + pdf(message).decode()


@pytest.mark.parametrize("change", [disable_customer, turn_off, disconnect, void])
def test_a_link_that_may_not_be_used_any_more_stays_out(
    room: Room, change: Callable[[Room], None]
) -> None:
    mail = queue_mail(room)
    change(room)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert not carries_link(room.mailer.sent[0])


def test_the_card_says_why_there_is_no_link(room: Room) -> None:
    mail = queue_mail(room)
    disconnect(room)
    drain(room)
    left = row(room.desk.database, mail)
    assert left.link_id is None
    assert left.payload["no_link_reason"] == "No payments account is connected."
    assert "No payments account is connected." in str(room.announcer.updates[-1][1].blocks)


@pytest.mark.parametrize("change", [disable_customer, turn_off])
def test_a_retry_renders_anew_when_the_link_ended_since(
    room: Room, change: Callable[[Room], None]
) -> None:
    mail = queue_mail(room)
    room.mailer.answers["ap@iris.test"] = (451, "later")
    drain(room)
    change(room)
    room.mailer.answers.clear()
    room.clock.advance(minutes=1)
    drain(room)
    assert not carries_link(room.mailer.sent[0])
    assert parsed(room.mailer.sent[0])["Message-ID"] == row(room.desk.database, mail).message_id


@dataclass
class ChangeDuringConversation(RecordingMailer):
    """Something changes between MAIL and DATA."""

    change: Callable[[], None] = lambda: None

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        change, self.change = self.change, lambda: None
        change()
        return super().send(envelope, before_data)


def test_a_link_disabled_in_the_last_moment_stops_the_mail_before_data(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer = ChangeDuringConversation(change=lambda: disable_customer(room))
    drain(room)
    (sent,) = room.mailer.sent
    assert not carries_link(sent)
    assert row(room.desk.database, mail).status == "sent"


def test_another_body_never_goes_out_under_a_message_id_somebody_may_have(room: Room) -> None:
    mail = queue_mail(room)
    room.mailer.fault_after_data = MailOutcomeUnknown()
    drain(room)
    first = row(room.desk.database, mail).message_id
    disable_customer(room)
    room.mailer.fault_after_data = None
    room.clock.advance(minutes=10)
    drain(room)
    assert not carries_link(room.mailer.sent[0])
    assert parsed(room.mailer.sent[0])["Message-ID"] == row(room.desk.database, mail).message_id
    assert row(room.desk.database, mail).message_id != first


def test_a_credit_memo_has_no_link(room: Room) -> None:
    mail = queue_mail(room)
    with room.desk.database.writing() as session:
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        invoice.net = invoice.total = -12500
        session.add(invoice)
    drain(room)
    message = parsed(room.mailer.sent[0])
    assert row(room.desk.database, mail).link_id is None
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "Bloom Wholesale Credit memo INV-1042.pdf"
    ]
    assert not carries_link(room.mailer.sent[0])


def test_a_link_whose_key_is_gone_is_left_out(room: Room) -> None:
    queue_mail(room)
    keys = replace(room.desk.keyring, keys=(b"only a new key is left here",))
    room.desk = replace(room.desk, keyring=keys)
    drain(room)
    assert not carries_link(room.mailer.sent[0])
