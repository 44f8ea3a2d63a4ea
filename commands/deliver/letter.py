"""A mail that is composed but not yet addressed."""

from dataclasses import dataclass

from renderers.documents import EmailContent


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str  # without extension, not yet made safe
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    content: EmailContent
    reply_to: str = ""  # "" = the company's
    attachment: Attachment | None = None
    automatic: bool = False  # no person pressed Send
    link_id: str | None = None  # the payment link that it carries
    no_link_reason: str = ""
    version: int = 0  # of the invoice that it shows
