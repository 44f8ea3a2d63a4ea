"""Trying a mail again that did not reach everybody: the same row, only for whom it missed."""

from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import Refused
from commands.send_invoice import held_mail
from storage import deliveries, invoices
from storage.deliveries import Delivery, DeliveryRecipient
from storage.unit_of_work import repeatable


@audited("retry_send", about="delivery_id")
@repeatable
def retry_send(actor: Actor, desk: Desk, *, delivery_id: int) -> str:
    """Queue the mail again for those whom it did not reach, under the same Message-ID.

    Returns the document's number. Raises `Refused` when there is nothing to retry.
    """
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        mail = held_mail.own_mail(session, actor, delivery_id, or_else=Permission.RETRY_ANY_SEND)
        before, missed = mail.status, _missed(session, mail)
        _requeue(session, mail, missed)
        outbox.queue_card_edits(session, mail, change="queued", now=desk.clock.now())
        number, to = mail.document_number, [each.address for each in missed]
        detail: dict[str, Any] = {"delivery": mail.id, "was": before, "recipients": to}
        auditing.record(session, actor, desk, "retry_send", number, **detail)
        return number


def _missed(session: Session, mail: Delivery) -> list[DeliveryRecipient]:
    """Whom to try again, of a mail whose row is locked."""
    number = mail.document_number
    invoice = invoices.find(session, mail.invoice_number) if mail.invoice_number else None
    if invoice is not None and invoice.lifecycle == "void":
        raise Refused(f"{number} is void, so it cannot be sent.")
    if mail.status in deliveries.UNFINISHED:
        raise Refused(f"The mail with {number} is on its way already: the card tells when it left.")
    if mail.status == "cancelled":
        raise Refused(f"The sending of {number} was undone. Send it anew with /pay.")
    missed = deliveries.missed(session, mail)
    if not missed:
        raise Refused(f"The mail with {number} has reached everybody: nothing to retry.")
    return missed


def _requeue(session: Session, mail: Delivery, missed: list[DeliveryRecipient]) -> None:
    """As if it had never been tried; but `ambiguous` stays, for somebody may have it already."""
    for recipient in missed:
        recipient.outcome, recipient.reply = "pending", ""
        session.add(recipient)
    mail.status, mail.attempts, mail.setbacks = "queued", 0, 0
    mail.first_tried_at = mail.retry_at = mail.finished_at = mail.error = None
    mail.payload = {**mail.payload, "retries": mail.payload.get("retries", 0) + 1}
    session.add(mail)
    session.flush()
