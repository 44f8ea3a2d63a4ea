"""A mail server that keeps what it gets, and a sender who speaks plain smtplib."""

import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from bot.sandbox.mail.sandbox import MailSandbox

SENDER = "billing@petal.example"


@pytest.fixture
def mail() -> Iterator[MailSandbox]:
    with MailSandbox() as server:
        yield server


@pytest.fixture
def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = SENDER, "ap@rose.example"
    message["Subject"] = "Invoice INV-1042 für Röschen, due 14 Mar 2026"
    message["Message-ID"] = "<inv-1042.1@petal.example>"
    message.set_content("Please pay 125.00 USD.\n.\nThank you.\n")
    message.add_alternative("<p>Please pay <b>125.00 USD</b>.</p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.7 ...", maintype="application", subtype="pdf", filename="Invoice INV-1042.pdf"
    )
    return message


@pytest.fixture
def post(letter: EmailMessage) -> Callable[..., dict[str, tuple[int, bytes]]]:
    """Send the letter; the recipients that were refused."""

    def send(server: MailSandbox, *recipients: str) -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as smtp:
            return smtp.send_message(letter, SENDER, list(recipients or ("ap@rose.example",)))

    return send
