"""What was sent, exactly as it was sent: its facts, and the PDFs out of the frozen message."""

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
from commands.pdf_files import PdfFile, file_name
from renderers.slack_values import CardRecipient
from storage import deliveries, documents
from storage.deliveries import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

_GONE = "What was sent is no longer kept, so it cannot be shown."


class DocumentGone(Refused):
    """Forgotten after KEEP_DOCUMENTS_DAYS, or sealed with a key that is gone."""


@dataclass(frozen=True, slots=True)
class SentPdf:
    """`url` leads one person to it for ten minutes."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SentMail:
    """`pdfs` in the order of the attachments; none when they are no longer kept."""

    number: str
    status: DeliveryStatus
    recipients: tuple[CardRecipient, ...]
    finished_at: datetime | None
    message_id: str
    pdfs: tuple[SentPdf, ...]


@audited("show_sent", about="delivery_id")
def show_sent(actor: Actor, desk: Desk, *, delivery_id: int) -> SentMail:
    """Raises `NotFound`, `NotPermitted`, or `Refused` while nothing has been sent."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        mail = _shown_to(session, actor, delivery_id)
        kept = documents.is_kept(session, delivery_id)
        return SentMail(
            number=mail.document_number,
            status=mail.status,
            recipients=_recipients(session, delivery_id),
            finished_at=mail.finished_at,
            message_id=mail.message_id or "",
            pdfs=_pdfs(actor, desk, mail) if kept else (),
        )


@audited("open_sent", about="delivery_id")
def sent_pdf(actor: Actor, desk: Desk, *, delivery_id: int, position: int = 0) -> PdfFile:
    """An attachment byte for byte, counted from 0. Raises `DocumentGone` too."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        _shown_to(session, actor, delivery_id)
        frozen = documents.find(session, delivery_id)
    if frozen is None:
        raise DocumentGone(_GONE)
    try:
        message = desk.keyring.unseal(frozen.sealed)
    except InvalidToken as error:
        log.warning("frozen with a key that is gone", extra={"delivery": delivery_id})
        raise DocumentGone(_GONE) from error
    attached = _attachments(message)
    if not 0 <= position < len(attached):
        raise NotFound("That mail carried no such document.")
    return attached[position]


def _shown_to(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    mail = deliveries.find(session, delivery_id)
    if mail is None or mail.purpose not in deliveries.DOCUMENT_MAILS:
        raise NotFound("That mail is not known.")
    if mail.created_by != actor.id:
        require(actor, Permission.SEE_ANY_SENT)
    if mail.status not in deliveries.OVER:
        raise Refused(f"The mail with {mail.document_number} has not been sent: nothing to show.")
    return mail


def _pdfs(actor: Actor, desk: Desk, mail: Delivery) -> tuple[SentPdf, ...]:
    """As `commands.deliver.compose_mail` attached them: the invoice first."""
    assert mail.id is not None
    order = f"order confirmation {mail.order_number}" if mail.order_number else ""
    titles = [t for t in (mail.invoice_number, order) if t] or [mail.document_number]
    urls = (
        previews.sent_url(desk, actor, delivery_id=mail.id, position=n) for n in range(len(titles))
    )
    return tuple(SentPdf(title, url) for title, url in zip(titles, urls, strict=True))


def _recipients(session: Session, delivery_id: int) -> tuple[CardRecipient, ...]:
    rows = deliveries.recipients(session, delivery_id)
    return tuple(CardRecipient(row.address, row.outcome, row.reply) for row in rows)


def _attachments(message: bytes) -> list[PdfFile]:
    mail = message_from_bytes(message, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return [
        PdfFile(part.get_filename() or file_name(""), part.get_content())
        for part in mail.iter_attachments()
        if part.get_content_type() == "application/pdf"
    ]
