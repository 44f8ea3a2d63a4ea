"""The mailer in real conversations with the mail stand-in."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from bot.adapters.smtp_mailer import BadSmtpUrl, Patience, Server, SmtpMailer
from bot.sandbox.mail.sandbox import MailSandbox
from commands.errors import MailUnavailable, Refused
from commands.ports import MailEnvelope, MailOutcomeUnknown

MESSAGE = b"From: a@bloom.test\r\nTo: ap@iris.test\r\nSubject: Hi\r\n\r\n.dots\r\n..too\r\n"
SHORT = Patience(connect=0.5, conversation=0.5)
HELLO, OK, GO = b"220 hello\r\n", b"250 ok\r\n", b"354 go ahead\r\n"


@pytest.fixture
def server() -> Iterator[MailSandbox]:
    with MailSandbox() as mail:
        yield mail


def envelope(*recipients: str, silent: tuple[str, ...] = ()) -> MailEnvelope:
    return MailEnvelope("a@bloom.test", recipients or ("ap@iris.test",), MESSAGE, silent)


class Fence:
    """Counts how often DATA was announced, and may say no."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.error = error

    def __call__(self) -> None:
        self.calls += 1
        if self.error:
            raise self.error


def test_a_mail_arrives_as_it_was_written(server: MailSandbox) -> None:
    fence = Fence()
    (told,) = SmtpMailer(server.url).send(envelope(), fence)
    (mail,) = server.messages
    assert (told.sent, fence.calls) == (True, 1)
    assert mail.raw == MESSAGE
    assert (mail.sender, mail.recipients) == ("a@bloom.test", ("ap@iris.test",))


def test_a_refused_recipient_does_not_hinder_the_other(server: MailSandbox) -> None:
    server.refuse_recipient("gone@iris.test", "550 5.1.1 No such user here")
    told = SmtpMailer(server.url).send(envelope("gone@iris.test", "ap@iris.test"), Fence())
    assert [(each.code, each.of_message) for each in told] == [(550, False), (250, True)]
    assert told[0].reply == "5.1.1 No such user here"
    assert server.messages[0].recipients == ("ap@iris.test",)


def test_nothing_is_sent_when_everybody_is_refused(server: MailSandbox) -> None:
    server.refuse_recipient("gone@iris.test")
    fence = Fence()
    (told,) = SmtpMailer(server.url).send(envelope("gone@iris.test"), fence)
    assert (told.code, fence.calls, server.messages) == (550, 0, [])


def test_a_greylisting_server_is_temporary(server: MailSandbox) -> None:
    server.greylist()
    (told,) = SmtpMailer(server.url).send(envelope(), Fence())
    assert told.temporary


def test_the_silent_copy_gets_the_mail_with_the_others(server: MailSandbox) -> None:
    told = SmtpMailer(server.url).send(envelope(silent=("copy@bloom.test",)), Fence())
    assert [each.address for each in told] == ["ap@iris.test"]
    assert server.messages[0].recipients == ("ap@iris.test", "copy@bloom.test")


def test_the_silent_copy_alone_is_no_reason_to_send(server: MailSandbox) -> None:
    server.refuse_recipient("ap@iris.test")
    SmtpMailer(server.url).send(envelope(silent=("copy@bloom.test",)), Fence())
    assert server.messages == []


def test_the_fence_stops_the_mail(server: MailSandbox) -> None:
    with pytest.raises(ZeroDivisionError):
        SmtpMailer(server.url).send(envelope(), Fence(ZeroDivisionError()))
    assert server.messages == []


@pytest.mark.parametrize(("stage", "code"), [("DATA", 451), ("MESSAGE", 452), ("MESSAGE", 554)])
def test_a_verdict_on_the_message_goes_for_everybody(
    server: MailSandbox, stage: str, code: int
) -> None:
    server.answer(stage, f"{code} not this one")  # type: ignore[arg-type]  # one of its stages
    told = SmtpMailer(server.url).send(envelope("ap@iris.test", "boss@iris.test"), Fence())
    assert [(each.code, each.of_message) for each in told] == [(code, True)] * 2
    assert server.messages == []


def test_a_connection_lost_after_the_message_leaves_it_open(server: MailSandbox) -> None:
    server.drop("MESSAGE")
    with pytest.raises(MailOutcomeUnknown):
        SmtpMailer(server.url).send(envelope(), Fence())
    assert len(server.messages) == 1


def test_a_server_that_hangs_after_the_message_leaves_it_open() -> None:
    with pytest.raises(MailOutcomeUnknown):
        talk_to([HELLO, OK, OK, OK, GO])


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_is_tried_again(server: MailSandbox, stage: str) -> None:
    server.drop(stage)  # type: ignore[arg-type]  # one of its stages
    with pytest.raises(MailUnavailable, match="cannot be reached"):
        SmtpMailer(server.url).send(envelope(), Fence())
    assert server.messages == []


@pytest.mark.parametrize("heard", [[], [HELLO], [HELLO, OK, OK], [HELLO, OK, OK, OK]])
def test_a_hanging_server_is_left_in_time(heard: list[bytes]) -> None:
    with pytest.raises(MailUnavailable, match="timed out"):
        talk_to(heard)


@pytest.mark.parametrize(("stage", "reply"), [("CONNECT", "421 busy"), ("MAIL", "452 later")])
def test_a_busy_server_is_tried_again(server: MailSandbox, stage: str, reply: str) -> None:
    server.answer(stage, reply)  # type: ignore[arg-type]  # one of its stages
    with pytest.raises(MailUnavailable, match=reply[:3]):
        SmtpMailer(server.url).send(envelope(), Fence())


def test_a_sender_that_is_refused_for_good_is_no_fault_of_the_recipient(
    server: MailSandbox,
) -> None:
    server.answer("MAIL", "553 not your domain")
    with pytest.raises(Refused, match=r"MAIL_FROM.*not your domain"):
        SmtpMailer(server.url).send(envelope(), Fence())


def test_a_closed_port_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(MailUnavailable, match="cannot be reached"):
        SmtpMailer(f"smtp://127.0.0.1:{port}").send(envelope(), Fence())


def test_trouble_with_the_goodbye_changes_nothing(server: MailSandbox) -> None:
    server.drop("QUIT")
    (told,) = SmtpMailer(server.url).send(envelope(), Fence())
    assert told.sent


# -- encryption and login -----------------------------------------------------------------------


@pytest.mark.parametrize("encryption", ["starttls", "implicit"])
def test_encrypted_and_logged_in(encryption: str) -> None:
    with MailSandbox(("bloom", "p@ss/word"), encryption) as server:  # type: ignore[arg-type]
        SmtpMailer(server.url, cafile=server.certificate).send(envelope(), Fence())
        (mail,) = server.messages
    assert (mail.encrypted, mail.user) == (True, "bloom")


def test_a_server_without_starttls_gets_nothing(server: MailSandbox) -> None:
    url = f"smtp://127.0.0.1:{server.port}?starttls=required"
    with pytest.raises(MailUnavailable, match="does not offer STARTTLS"):
        SmtpMailer(url).send(envelope(), Fence())
    assert server.messages == []


@pytest.mark.parametrize("encryption", ["starttls", "implicit"])
def test_a_certificate_nobody_vouches_for_is_refused(encryption: str) -> None:
    with MailSandbox(None, encryption) as server:  # type: ignore[arg-type]
        with pytest.raises(MailUnavailable, match="cannot be trusted"):
            SmtpMailer(server.url).send(envelope(), Fence())
        assert server.messages == []


def test_a_wrong_password_is_said_and_never_shown(server: MailSandbox) -> None:
    with MailSandbox(("bloom", "right")) as guarded:
        url = guarded.url.replace("right", "wrong-secret")
        with pytest.raises(MailUnavailable, match="refuses the user or password") as told:
            SmtpMailer(url).send(envelope(), Fence())
    assert "wrong-secret" not in told.value.sentence


def test_a_server_that_wants_a_login_is_not_the_recipients_fault() -> None:
    with MailSandbox(("bloom", "right")) as guarded:
        url = f"smtp://127.0.0.1:{guarded.port}"
        with pytest.raises(MailUnavailable, match="asks for a login in SMTP_URL"):
            SmtpMailer(url).send(envelope(), Fence())


# -- servers that talk nonsense -----------------------------------------------------------------


def test_an_answer_to_the_message_that_makes_no_sense_leaves_it_open() -> None:
    with pytest.raises(MailOutcomeUnknown, match="makes no sense"):
        talk_to([HELLO, OK, OK, OK, GO, b"huh\r\n"])


def test_an_answer_before_it_that_makes_no_sense_is_tried_again() -> None:
    with pytest.raises(MailUnavailable):
        talk_to([HELLO, OK, OK, b"what?\r\n"])


def test_a_challenge_that_makes_no_sense_is_tried_again() -> None:
    hello = b"250-mail.test\r\n250 AUTH LOGIN CRAM-MD5\r\n"
    with pytest.raises(MailUnavailable):
        talk_to([HELLO, hello, b"334 a\r\n"], login="bloom:secret@")


def test_a_name_that_no_name_server_can_be_asked_for_is_tried_again() -> None:
    with pytest.raises(MailUnavailable, match=r"mail\.\.test"):
        SmtpMailer("smtp://mail..test").send(envelope(), Fence())


def talk_to(script: list[bytes], login: str = "") -> None:
    """Send to a server that says these lines whatever it hears, and then no more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_recite, args=(listening, script))
        thread.start()
        try:
            url = f"smtp://{login}127.0.0.1:{listening.getsockname()[1]}"
            SmtpMailer(url, patience=SHORT).send(envelope(), Fence())
        finally:
            thread.join()


def _recite(listening: socket.socket, script: list[bytes]) -> None:
    connection, _ = listening.accept()
    with connection:
        for line in script:
            connection.sendall(line)
            connection.recv(65536)
        while connection.recv(65536):
            pass


# -- SMTP_URL -----------------------------------------------------------------------------------


def test_the_url_is_read_with_its_defaults() -> None:
    assert Server.from_url("smtp://mail.test") == Server("mail.test", 25, False, False, "", "")
    assert Server.from_url("smtps://a%40b:p%2Fw@mail.test") == Server(
        "mail.test", 465, True, False, "a@b", "p/w"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.test",
        "smtp://",
        "mail.test:25",
        "smtp://mail.test?starttls=maybe",
        "smtps://mail.test?starttls=required",
        "smtp://mail.test?tls=1",
        "smtp://mail.test:notaport",
        "smtp://bloom:m%C3%BCnchen@mail.test",
        "smtp://bl%C3%BCte:secret@mail.test",
    ],
)
def test_a_url_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(BadSmtpUrl):
        Server.from_url(url)
