"""A mail that is composed but not yet addressed."""

from dataclasses import dataclass

from commands.pdf_files import PdfFile
from renderers.documents import EmailContent


@dataclass(frozen=True, slots=True)
class Letter:
    content: EmailContent
    reply_to: str = ""  # "" = the company's
    attachments: tuple[PdfFile, ...] = ()
    automatic: bool = False  # no person pressed Send
    link_id: str | None = None  # the payment link that it carries
    no_link_reason: str = ""
    version: int = 0  # of the invoice that it shows
    asked: int = 0  # minor units, of a mail that is rendered anew when that changes
