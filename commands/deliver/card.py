"""The card of a mail that a person sent, as things are at this moment."""

from datetime import date, datetime

from sqlmodel import Session

from commands import outbox
from commands.deliver import card_parts, statement_card
from commands.desk import Desk
from commands.errors import NotFound
from commands.take_payment import due
from renderers.slack_values import CardAmounts, CardState, MailCard
from storage import (
    checkouts,
    customers,
    deliveries,
    disputes,
    documents,
    invoices,
    payment_links,
    refunds,
)
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.money import Money
from storage.payment_links import PaymentLink


def mail_card(session: Session, desk: Desk, mail: Delivery, *, shared: bool) -> MailCard:
    """Raises `NotFound` when there is nothing that the mail is about."""
    if mail.purpose == "statement":
        return statement_card.mail_card(session, desk, mail, shared=shared)
    customer = customers.find(session, mail.customer_id or "")
    if mail.id is None or customer is None or not mail.document_number:
        raise NotFound("The document of this card is gone.")
    invoice = invoices.find(session, mail.invoice_number) if mail.invoice_number else None
    link = payment_links.find(session, mail.link_id) if mail.link_id else None
    state = _state(session, desk, mail, invoice, link)
    active = link is not None and link.state == "active"
    return MailCard(
        delivery_id=mail.id,
        title=_title(invoice),
        number=mail.document_number,
        customer_name=customer.name,
        amounts=_amounts(session, invoice) if invoice else None,
        state=state,
        sender_id=mail.created_by,
        recipients=() if shared else card_parts.recipients(session, mail),
        has_link=link is not None,
        with_order=(mail.order_number or "") if invoice else "",
        no_link_reason=mail.payload.get("no_link_reason", ""),
        mailed_at=mail.finished_at if mail.status == "sent" else None,
        leaves_at=card_parts.leaves_at(desk, mail, state),
        mailed_before=_mailed_before(session, mail),
        expected_by=_expected_by(session, invoice, state),
        error=mail.error or "",
        can_turn_off=active and state not in {"paid", "undone", "stopped"},
        can_retry=_can_retry(session, mail, invoice),
        may_arrive_twice=mail.ambiguous > 0,
        can_show_sent=mail.status in deliveries.OVER and documents.is_kept(session, mail.id),
        shared=shared,
    )


def _title(invoice: Invoice | None) -> str:
    if invoice is None:
        return "Order confirmation"
    return "Credit memo" if invoice.is_credit_memo else "Invoice"


def _amounts(session: Session, invoice: Invoice) -> CardAmounts:
    return CardAmounts(
        Money(invoice.total, invoice.currency),
        invoice.balance,
        invoice.due_date,
        refunded=Money(refunds.taken_off(session, invoice.number), invoice.currency),
    )


def _expected_by(session: Session, invoice: Invoice | None, state: CardState) -> date | None:
    if invoice is None or state != "processing":
        return None
    return due.expected_by(session, [invoice.number])


def _state(
    session: Session,
    desk: Desk,
    mail: Delivery,
    invoice: Invoice | None,
    link: PaymentLink | None,
) -> CardState:
    under_way = card_parts.before_it_left(desk, mail)
    if under_way is not None:
        return under_way
    after = _after_mail(session, invoice, link) if invoice else None
    return after or ("unknown" if mail.status == "unknown" else "sent")


def _can_retry(session: Session, mail: Delivery, invoice: Invoice | None) -> bool:
    """Who has paid needs no other copy, and a void invoice is sent to nobody."""
    if invoice is None:
        return bool(deliveries.missed(session, mail))
    paid = invoice.status == "paid" and not invoice.is_credit_memo
    return not paid and invoice.lifecycle != "void" and bool(deliveries.missed(session, mail))


def _after_mail(session: Session, invoice: Invoice, link: PaymentLink | None) -> CardState | None:
    """What happened to the invoice since it was mailed; what weighs most comes first."""
    if invoice.lifecycle != "issued":
        return invoice.lifecycle
    if disputes.is_open_for(session, invoice.number):
        return "disputed"
    if invoice.status == "paid" and not invoice.is_credit_memo:
        return "paid"
    return _while_open(session, invoice, link)


def _while_open(session: Session, invoice: Invoice, link: PaymentLink | None) -> CardState | None:
    if checkouts.pending(session, [invoice.number]):
        return "processing"
    if link is not None and link.state != "active":
        return "link_off"
    if refunds.taken_off(session, invoice.number):
        return "partly_refunded" if invoice.allocated else "refunded"
    return "partly_paid" if invoice.status == "partly_paid" else None


def _mailed_before(session: Session, mail: Delivery) -> datetime | None:
    numbers = {"invoice_number": mail.invoice_number, "order_number": mail.order_number}
    for other in outbox.mailed_lately(session, **numbers, before=mail.created_at):
        if (other.id or 0) < (mail.id or 0) and other.status == "sent":
            return other.finished_at
    return None
