"""Every way a mail server can say no, say nothing, or have said yes unheard."""

import smtplib
import time
from email.message import EmailMessage
from typing import Any

import pytest

from bot.sandbox.mail.faults import SmtpFault, Stage
from bot.sandbox.mail.sandbox import MailSandbox

Post = Any  # the fixture's own type; conftest modules are not imported


def test_one_bad_recipient_of_two_is_told_without_an_exception(
    mail: MailSandbox, post: Post
) -> None:
    mail.refuse_recipient("gone@rose.example", "550 5.1.1 No such user here")

    refused = post(mail, "ap@rose.example", "gone@rose.example")

    assert refused == {"gone@rose.example": (550, b"5.1.1 No such user here")}
    assert mail.messages[0].recipients == ("ap@rose.example",)


@pytest.mark.parametrize("reply", ["450 4.2.1 Mailbox busy", "550 5.1.1 No such user"])
def test_a_sole_recipient_refused_is_an_exception_with_its_code(
    mail: MailSandbox, post: Post, reply: str
) -> None:
    mail.refuse_recipient("ap@rose.example", reply)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        post(mail)

    assert refusal.value.recipients["ap@rose.example"][0] == int(reply[:3])
    assert mail.messages == []


def test_a_refused_recipient_can_be_welcome_again(mail: MailSandbox, post: Post) -> None:
    mail.refuse_recipient("ap@rose.example")
    mail.refuse_recipient("ap@rose.example", "")

    assert post(mail) == {}


def test_greylisting_puts_off_the_first_try_alone(mail: MailSandbox, post: Post) -> None:
    mail.greylist()

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        post(mail)
    post(mail)

    assert refusal.value.recipients["ap@rose.example"][0] == 451
    assert len(mail.messages) == 1


@pytest.mark.parametrize(
    ("stage", "reply", "error"),
    [
        ("CONNECT", "421 4.3.2 Not now", smtplib.SMTPConnectError),
        ("MAIL", "451 4.3.0 Try later", smtplib.SMTPSenderRefused),
        ("MAIL", "552 5.2.2 Over quota", smtplib.SMTPSenderRefused),
        ("DATA", "451 4.3.0 Try later", smtplib.SMTPDataError),
        ("DATA", "554 5.7.1 Policy", smtplib.SMTPDataError),
        ("MESSAGE", "452 4.3.1 Disk full", smtplib.SMTPDataError),
        ("MESSAGE", "554 5.7.1 Looks like spam", smtplib.SMTPDataError),
    ],
)
def test_a_refusal_at_any_stage_reaches_the_sender_and_then_passes(
    mail: MailSandbox,
    post: Post,
    stage: Stage,
    reply: str,
    error: type[smtplib.SMTPResponseException],
) -> None:
    mail.answer(stage, reply)

    with pytest.raises(error) as refusal:
        post(mail)
    assert refusal.value.smtp_code == int(reply[:3])
    assert mail.messages == []

    post(mail)
    assert len(mail.messages) == 1


def test_a_connection_cut_after_the_message_leaves_it_with_the_server(
    mail: MailSandbox, post: Post
) -> None:
    mail.drop()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(mail)

    assert len(mail.messages) == 1


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_cut_before_the_message_leaves_nothing(
    mail: MailSandbox, post: Post, stage: Stage
) -> None:
    mail.drop(stage)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        post(mail)

    assert mail.messages == []
    post(mail)
    assert len(mail.messages) == 1


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MESSAGE", "QUIT"])
def test_a_stage_can_take_its_time(mail: MailSandbox, post: Post, stage: Stage) -> None:
    mail.hang(stage, 0.3)
    began = time.monotonic()

    post(mail)

    assert time.monotonic() - began >= 0.3
    assert len(mail.messages) == 1


def test_a_server_that_hangs_after_the_message_has_it_all_the_same(
    mail: MailSandbox, letter: EmailMessage
) -> None:
    mail.hang("MESSAGE", 5)

    smtp = smtplib.SMTP("127.0.0.1", mail.port, timeout=0.3)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        smtp.send_message(letter)
    smtp.close()

    assert len(mail.messages) == 1


def test_stopping_does_not_wait_for_a_hanging_conversation(letter: EmailMessage) -> None:
    with MailSandbox() as mail:
        mail.hang("MAIL", 60)
        smtp = smtplib.SMTP("127.0.0.1", mail.port, timeout=0.3)
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            smtp.send_message(letter)
        smtp.close()
        began = time.monotonic()

    assert time.monotonic() - began < 2


def test_nobody_answers_until_connections_are_accepted_again(mail: MailSandbox, post: Post) -> None:
    mail.refuse_connections()
    with pytest.raises(ConnectionRefusedError):
        post(mail)

    mail.accept_connections()
    post(mail)

    assert len(mail.messages) == 1


def test_a_fault_can_be_ordered_several_times(mail: MailSandbox, post: Post) -> None:
    mail.answer("MAIL", "451 4.3.0 Try later", times=2)

    for _ in range(2):
        with pytest.raises(smtplib.SMTPSenderRefused):
            post(mail)

    assert post(mail) == {}


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [({"at": "LUNCH"}, "none of CONNECT"), ({"at": "MAIL", "reply": "no"}, "three digits")],
)
def test_an_impossible_fault_is_refused(fault: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SmtpFault(**fault)
