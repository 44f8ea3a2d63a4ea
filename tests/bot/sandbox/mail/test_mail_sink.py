"""Mail that is accepted is kept, can be waited for, read and saved."""

import smtplib
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.mail.sandbox import MailSandbox

Post = Any  # the fixture's own type; conftest modules are not imported


def test_a_message_is_kept_with_bytes_envelope_and_parts(mail: MailSandbox, post: Post) -> None:
    post(mail, "ap@rose.example", "hidden@rose.example")

    (received,) = mail.messages
    assert received.sender == "billing@petal.example"
    assert received.recipients == ("ap@rose.example", "hidden@rose.example")
    assert received.subject == "Invoice INV-1042 für Röschen, due 14 Mar 2026"
    assert received.message["Message-ID"] == "<inv-1042.1@petal.example>"
    assert "<b>125.00 USD</b>" in received.html
    assert received.raw.endswith(b"--\r\n")


def test_a_line_with_a_single_dot_survives(mail: MailSandbox, post: Post) -> None:
    post(mail)

    assert mail.messages[0].text == "Please pay 125.00 USD.\n.\nThank you.\n"


def test_attachments_come_with_name_type_and_bytes(mail: MailSandbox, post: Post) -> None:
    post(mail)

    (attachment,) = mail.messages[0].attachments
    assert (attachment.filename, attachment.content_type, attachment.content) == (
        "Invoice INV-1042.pdf",
        "application/pdf",
        b"%PDF-1.7 ...",
    )


def test_mail_is_found_by_recipient_whatever_the_case(mail: MailSandbox, post: Post) -> None:
    post(mail, "AP@Rose.example")

    assert len(mail.to("ap@rose.EXAMPLE")) == 1
    assert mail.to("other@rose.example") == []


def test_mail_can_be_waited_for(mail: MailSandbox, post: Post) -> None:
    threading.Timer(0.2, post, (mail,)).start()

    assert mail.wait_for(lambda m: "INV-1042" in m.subject, timeout=5).sent_to("ap@rose.example")


def test_waiting_has_an_end(mail: MailSandbox) -> None:
    with pytest.raises(TimeoutError, match="none of 0 messages"):
        mail.wait_for(lambda _: True, timeout=0.05)


def test_mail_is_saved_with_its_attachments(mail: MailSandbox, post: Post, tmp_path: Path) -> None:
    post(mail)

    (path,) = mail.save(tmp_path / "mails")

    assert path.read_bytes() == mail.messages[0].raw
    assert (path.with_suffix("") / "Invoice INV-1042.pdf").read_bytes() == b"%PDF-1.7 ..."


def test_a_hostile_file_name_stays_inside_the_folder(
    mail: MailSandbox, post: Post, letter: EmailMessage, tmp_path: Path
) -> None:
    letter.add_attachment(b"x", maintype="text", subtype="x", filename="../../evil\x00.sh")
    post(mail)

    (path,) = mail.save(tmp_path / "mails")

    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert all(path.parent in p.parents for p in written)
    assert len(written) == 3


def test_a_long_message_arrives_whole(mail: MailSandbox, post: Post, letter: EmailMessage) -> None:
    pdf = b"%PDF" + bytes(range(256)) * 4_000  # 1 MB
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename="large.pdf")

    post(mail)

    assert mail.messages[0].attachments[1].content == pdf


def test_everything_can_be_forgotten(mail: MailSandbox, post: Post) -> None:
    mail.refuse_recipient("ap@rose.example")
    mail.clear()

    post(mail)

    assert len(mail.messages) == 1


def test_credentials_are_asked_for(letter: EmailMessage) -> None:
    with MailSandbox(credentials=("bot", "p@ss:word")) as mail:
        with smtplib.SMTP("127.0.0.1", mail.port, timeout=5) as smtp:
            with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
                smtp.send_message(letter)
            smtp.login("bot", "p@ss:word")
            smtp.send_message(letter)

        assert refusal.value.smtp_code == 530
        assert mail.messages[0].user == "bot"
        assert mail.url == f"smtp://bot:p%40ss%3Aword@127.0.0.1:{mail.port}"


def test_a_wrong_password_is_refused() -> None:
    with (
        MailSandbox(credentials=("bot", "right")) as mail,
        smtplib.SMTP("127.0.0.1", mail.port, timeout=5) as smtp,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        smtp.login("bot", "wrong")


def test_starttls_encrypts_for_a_client_that_trusts_the_certificate(letter: EmailMessage) -> None:
    with MailSandbox(encryption="starttls") as mail:
        with smtplib.SMTP("127.0.0.1", mail.port, timeout=5) as smtp:
            smtp.starttls(context=mail.trusted)
            smtp.send_message(letter)

        assert mail.messages[0].encrypted
        assert mail.url == f"smtp://127.0.0.1:{mail.port}?starttls=required"


def test_credentials_are_not_taken_in_the_clear_where_tls_is_offered() -> None:
    with (
        MailSandbox(credentials=("bot", "right"), encryption="starttls") as mail,
        smtplib.SMTP("127.0.0.1", mail.port, timeout=5) as smtp,
    ):
        with pytest.raises(smtplib.SMTPNotSupportedError):
            smtp.login("bot", "right")
        smtp.starttls(context=mail.trusted)
        smtp.login("bot", "right")


def test_a_stranger_does_not_trust_the_certificate() -> None:
    import ssl

    with (
        MailSandbox(encryption="starttls") as mail,
        smtplib.SMTP("127.0.0.1", mail.port, timeout=5) as smtp,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        smtp.starttls(context=ssl.create_default_context())


def test_tls_from_the_first_byte(letter: EmailMessage) -> None:
    with MailSandbox(encryption="implicit") as mail:
        with smtplib.SMTP_SSL("127.0.0.1", mail.port, timeout=5, context=mail.trusted) as smtp:
            smtp.send_message(letter)

        assert mail.messages[0].encrypted
        assert mail.url == f"smtps://127.0.0.1:{mail.port}"
