"""A mail that is composed but not yet addressed."""

from dataclasses import dataclass

from commands.desk import Desk
from commands.keyring import KeyMissing
from commands.payment_link import service as payment_link
from commands.pdf_files import PdfFile
from renderers.documents import EmailContent
from storage.payment_links import PaymentLink

LINK_OFF = "The payment link was turned off."
KEY_GONE = "The key that made the link is no longer in SECRET_KEY: send it again."


@dataclass(frozen=True, slots=True)
class Letter:
    content: EmailContent
    reply_to: str = ""  # "" = the company's
    attachments: tuple[PdfFile, ...] = ()
    automatic: bool = False  # no person pressed Send
    link_id: str | None = None  # the payment link that it carries
    no_link_reason: str = ""
    version: int = 0  # of the invoice that it shows
    payable: int | None = None  # what a statement asks for, in minor units
    asked: int = 0  # minor units, of a mail that is rendered anew when that changes


def carried(desk: Desk, link: PaymentLink | None, reason: str) -> tuple[str | None, str]:
    """The address that the mail carries, or None and why; `reason`: why it may not, or ""."""
    if not reason and (link is None or link.state != "active"):
        reason = LINK_OFF
    if reason or link is None:
        return None, reason
    try:
        return payment_link.url(desk, link), ""
    except KeyMissing:
        return None, KEY_GONE
