"""The card of an invoice mail, as things are at this moment."""

from datetime import datetime

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from commands.errors import NotFound
from commands.take_payment import due
from renderers.documents import CardRecipient, CardState, InvoiceCard
from storage import checkouts, customers, deliveries, documents, invoices, payment_links
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.money import Money
from storage.payment_links import PaymentLink


def invoice_card(session: Session, desk: Desk, mail: Delivery, *, shared: bool) -> InvoiceCard:
    """Raises `NotFound` when the invoice of the mail is gone."""
    invoice = invoices.find(session, mail.invoice_number or "")
    customer = customers.find(session, mail.customer_id or "")
    if mail.id is None or invoice is None or customer is None:
        raise NotFound("The invoice of this card is gone.")
    link = payment_links.find(session, mail.link_id) if mail.link_id else None
    state = _state(session, desk, mail, invoice, link)
    active = link is not None and link.state == "active"
    return InvoiceCard(
        delivery_id=mail.id,
        invoice_number=invoice.number,
        title="Credit memo" if invoice.is_credit_memo else "Invoice",
        customer_name=customer.name,
        total=Money(invoice.total, invoice.currency),
        balance=invoice.balance,
        due_date=invoice.due_date,
        state=state,
        sender_id=mail.created_by,
        recipients=() if shared else _recipients(session, mail),
        has_link=link is not None,
        no_link_reason=mail.payload.get("no_link_reason", ""),
        mailed_at=mail.finished_at if mail.status == "sent" else None,
        leaves_at=_leaves_at(desk, mail, state),
        mailed_before=_mailed_before(session, mail),
        expected_by=due.expected_by(session, [invoice.number]) if state == "processing" else None,
        error=mail.error or "",
        can_turn_off=active and state not in {"paid", "undone", "stopped"},
        can_retry=_can_retry(session, mail, invoice),
        may_arrive_twice=mail.ambiguous > 0,
        can_show_sent=mail.status in deliveries.OVER and documents.is_kept(session, mail.id),
        shared=shared,
    )


def _state(
    session: Session, desk: Desk, mail: Delivery, invoice: Invoice, link: PaymentLink | None
) -> CardState:
    match mail.status:
        case "cancelled":
            return "stopped" if "stopped" in mail.payload else "undone"
        case "failed":
            return "failed"
        case "queued":
            waiting = mail.attempts == 0 and mail.not_before > desk.clock.now()
            return "held" if waiting or desk.policy.mail_mode == "hold" else "sending"
        case "sending":
            return "sending"
    return _after_mail(session, invoice, link) or (
        "unknown" if mail.status == "unknown" else "sent"
    )


def _can_retry(session: Session, mail: Delivery, invoice: Invoice) -> bool:
    """Who has paid needs no other copy, and a void invoice is sent to nobody."""
    paid = invoice.status == "paid" and not invoice.is_credit_memo
    return not paid and invoice.lifecycle != "void" and bool(deliveries.missed(session, mail))


def _leaves_at(desk: Desk, mail: Delivery, state: CardState) -> datetime | None:
    """Nobody can say when, while MAIL_MODE holds everything back."""
    known = state == "held" and desk.policy.mail_mode != "hold"
    return mail.not_before if known else None


def _after_mail(session: Session, invoice: Invoice, link: PaymentLink | None) -> CardState | None:
    """What happened to the invoice since it was mailed."""
    if invoice.lifecycle != "issued":
        return invoice.lifecycle
    if invoice.status == "paid" and not invoice.is_credit_memo:
        return "paid"
    if checkouts.pending(session, [invoice.number]):
        return "processing"
    if link is not None and link.state != "active":
        return "link_off"
    return "partly_paid" if invoice.status == "partly_paid" else None


def _recipients(session: Session, mail: Delivery) -> tuple[CardRecipient, ...]:
    new = {address.lower() for address in mail.payload.get("new_addresses", [])}
    assert mail.id is not None
    return tuple(
        CardRecipient(row.address, row.outcome, row.reply, row.address.lower() in new)
        for row in deliveries.recipients(session, mail.id)
    )


def _mailed_before(session: Session, mail: Delivery) -> datetime | None:
    since = mail.created_at - outbox.RECENT
    for other in deliveries.invoice_mails_since(session, mail.invoice_number or "", since):
        if (other.id or 0) < (mail.id or 0) and other.status == "sent":
            return other.finished_at
    return None
