"""What was sent, exactly as it was sent: its facts, and the PDF out of the frozen message."""

import logging
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from cryptography.fernet import InvalidToken
from sqlmodel import Session

from commands import previews
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.invoice_document import PdfFile, file_name
from renderers.documents import CardRecipient
from storage import deliveries, documents
from storage.deliveries import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

_GONE = "What was sent is no longer kept, so it cannot be shown."


class DocumentGone(Refused):
    """Forgotten after KEEP_DOCUMENTS_DAYS, or sealed with a key that is gone."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """`pdf_url` leads this person to the PDF for ten minutes; "" when it is no longer kept."""

    invoice_number: str
    status: DeliveryStatus
    recipients: tuple[CardRecipient, ...]
    finished_at: datetime | None
    message_id: str
    pdf_url: str


@audited("show_sent", about="delivery_id")
def show_sent(actor: Actor, desk: Desk, *, delivery_id: int) -> SentMail:
    """Raises `NotFound`, `NotPermitted`, or `Refused` while nothing has been sent."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        mail = _shown_to(session, actor, delivery_id)
        kept = documents.is_kept(session, delivery_id)
        return SentMail(
            invoice_number=mail.invoice_number or "",
            status=mail.status,
            recipients=_recipients(session, delivery_id),
            finished_at=mail.finished_at,
            message_id=mail.message_id or "",
            pdf_url=previews.sent_url(desk, actor, delivery_id=delivery_id) if kept else "",
        )


@audited("open_sent", about="delivery_id")
def sent_pdf(actor: Actor, desk: Desk, *, delivery_id: int) -> PdfFile:
    """The attachment byte for byte. Raises `DocumentGone` too."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        mail = _shown_to(session, actor, delivery_id)
        frozen = documents.find(session, delivery_id)
    if frozen is None:
        raise DocumentGone(_GONE)
    try:
        message = desk.keyring.unseal(frozen.sealed)
    except InvalidToken as error:
        log.warning("frozen with a key that is gone", extra={"delivery": delivery_id})
        raise DocumentGone(_GONE) from error
    return PdfFile(file_name("Sent", mail.invoice_number or ""), _attachment(message))


def _shown_to(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    mail = deliveries.find(session, delivery_id)
    if mail is None or mail.purpose != "invoice":
        raise NotFound("That mail is not known.")
    if mail.created_by != actor.id:
        require(actor, Permission.SEE_ANY_SENT)
    if mail.status not in deliveries.OVER:
        raise Refused(f"The mail with {mail.invoice_number} has not been sent: nothing to show.")
    return mail


def _recipients(session: Session, delivery_id: int) -> tuple[CardRecipient, ...]:
    rows = deliveries.recipients(session, delivery_id)
    return tuple(CardRecipient(row.address, row.outcome, row.reply) for row in rows)


def _attachment(message: bytes) -> bytes:
    mail = message_from_bytes(message, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    for part in mail.iter_attachments():
        content = part.get_content()
        if part.get_content_type() == "application/pdf" and isinstance(content, bytes):
            return content
    raise DocumentGone(_GONE)
