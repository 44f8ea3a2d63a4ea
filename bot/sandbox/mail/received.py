"""Mail as it arrived: the bytes, the envelope and a parsed view."""

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import cast


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class ReceivedMail:
    """One accepted message; `recipients` are the envelope's, which headers need not show."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    encrypted: bool
    user: str | None

    @cached_property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                part.get_filename() or "unnamed",
                part.get_content_type(),
                cast(bytes, part.get_payload(decode=True)),
            )
            for part in self.message.iter_attachments()
        ]

    def sent_to(self, address: str) -> bool:
        return address.casefold() in {recipient.casefold() for recipient in self.recipients}


def save_all(mails: Sequence[ReceivedMail], folder: Path) -> list[Path]:
    """Write `001-subject.eml` and, beside it, a folder with its attachments; the .eml paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_save(mail, folder, number) for number, mail in enumerate(mails, start=1)]


def _save(mail: ReceivedMail, folder: Path, number: int) -> Path:
    stem = f"{number:03d}-{_file_name(mail.subject)[:60].strip()}"
    path = folder / f"{stem}.eml"
    path.write_bytes(mail.raw)
    for attachment in mail.attachments:
        target = folder / stem / _file_name(attachment.filename)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(attachment.content)
    return path


def _file_name(given: str) -> str:
    """A name for any file system: whatever the mail said, it stays inside the folder."""
    return re.sub(r"[^\w.()+ -]", "_", given).lstrip(". ") or "unnamed"
