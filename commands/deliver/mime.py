"""The MIME message around a rendered letter: one message, every recipient visible."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from commands.deliver.addresses import BadAddress, mailbox, one_line
from commands.deliver.letter import Letter

_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the message says about itself; `trial_to`: only this address gets it."""

    company: str
    mail_from: str
    reply_to: str  # "" = `mail_from`
    recipients: tuple[str, ...]
    message_id: str
    date: datetime
    trial_to: str = ""


def build(letter: Letter, heading: Heading) -> bytes:
    """The bytes for DATA, lines ended by CRLF and 7 bit throughout."""
    message = EmailMessage(policy=SMTP)
    _address(message, letter, heading)
    _describe(message, letter, heading)
    note = _trial_note(heading)
    text = f"{note}\n\n{letter.content.text}" if note else letter.content.text
    message.set_content(text, cte="quoted-printable")
    html = _with_note(letter.content.html, note)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for pdf in letter.attachments:
        message.add_attachment(
            pdf.content, maintype="application", subtype="pdf", filename=pdf.name
        )
    return message.as_bytes()


def _address(message: EmailMessage, letter: Letter, heading: Heading) -> None:
    sender = parseaddr(heading.mail_from)[1]
    message["From"] = mailbox(sender, heading.company)
    answers = (parseaddr(each)[1] for each in (letter.reply_to, heading.reply_to, sender))
    message["Reply-To"] = _mailboxes(answers)[0]
    message["To"] = _mailboxes([heading.trial_to] if heading.trial_to else heading.recipients)


def _mailboxes(addresses: Iterable[str]) -> list[Address]:
    """Those that mail servers accept; a recipient that is not there was refused before."""
    shown = []
    for address in addresses:
        try:
            shown.append(mailbox(address))
        except BadAddress:
            continue
    return shown


def _describe(message: EmailMessage, letter: Letter, heading: Heading) -> None:
    subject = one_line(letter.content.subject)
    message["Subject"] = f"[TRIAL] {subject}" if heading.trial_to else subject
    message["Date"] = format_datetime(heading.date)
    message["Message-ID"] = heading.message_id
    # No out-of-office answers to a machine (RFC 3834; the second is Exchange's word for it).
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if letter.automatic:
        message["Auto-Submitted"] = "auto-generated"


def _trial_note(heading: Heading) -> str:
    if not heading.trial_to:
        return ""
    return f"TRIAL: this mail was not sent to its recipients: {', '.join(heading.recipients)}"


def _with_note(html: str, note: str) -> str:
    if not note:
        return html
    banner = f'<p style="background:#fde68a;color:#000;padding:12px;margin:0">{escape(note)}</p>'
    body = _BODY.search(html)
    at = body.end() if body else 0
    return html[:at] + banner + html[at:]
