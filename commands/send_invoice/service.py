"""Send an invoice: validate again, then queue the mail and its card in one transaction; undo it;
share its card.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import LinksDisabled, NotFound, Refused
from commands.outbox import InvoiceMail
from commands.payment_link import service as payment_link
from commands.send_invoice import checks, held_mail
from storage import customers, deliveries, disputes, invoices, payment_links
from storage.customers import Customer
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class SendInvoice:
    """What was submitted; `draft_id` makes two submissions of one form one mail."""

    draft_id: str
    invoice_number: str
    recipients: tuple[str, ...]
    with_link: bool
    message: str = ""
    copy_me: bool = False
    typed_in: str = ""  # the channel in which the command was typed


@dataclass(frozen=True, slots=True)
class Sent:
    """What will happen; `repeated`: the form had been submitted before, nothing new happens."""

    delivery_id: int
    invoice_number: str
    customer_name: str
    recipients: tuple[str, ...]
    new_addresses: tuple[str, ...]
    has_link: bool
    mailed_before: datetime | None
    leaves_at: datetime
    repeated: bool
    no_link_reason: str = ""


@dataclass(frozen=True, slots=True)
class _About:
    """The locked rows, and why there can be no link ("" when there can)."""

    invoice: Invoice
    customer: Customer
    no_link_reason: str


@audited("send_invoice", about="order.invoice_number")
@repeatable
def send_invoice(actor: Actor, desk: Desk, *, order: SendInvoice) -> Sent:
    """Raises `InvalidInput` by form field, `NotFound`, `LinksDisabled` or another `Refused`."""
    require(actor, Permission.SEND_INVOICE)
    order = replace(
        order,
        recipients=checks.usable_recipients(order.recipients),
        message=checks.fitting_message(order.message),
    )
    account = desk.gateway.account.state()
    with desk.database.writing() as session:
        invoice, customer = _sendable(session, order.invoice_number)
        known = deliveries.find_by_key(session, f"invoice-mail:{order.draft_id}")
        if known is not None:
            _same_form(known, actor, invoice)
            return _sent(session, customer, known, repeated=True)
        reason = payment_link.why_no_link(
            customer, invoice, account, disputed=disputes.is_open_for(session, invoice.number)
        )
        mail = _mail(session, actor, desk, order, _About(invoice, customer, reason))
        row = _queue(session, actor, desk, mail)
        return _sent(session, customer, row, repeated=False)


@audited("undo_send", about="delivery_id")
@repeatable
def undo(actor: Actor, desk: Desk, *, delivery_id: int) -> str:
    """Stop a mail that is still held; a link made for it alone is turned off again.

    Returns the invoice's number. Raises `TooLate` once a worker has begun with it.
    """
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        mail = held_mail.own_mail(session, actor, delivery_id, or_else=Permission.UNDO_ANY_SEND)
        if mail.status == "cancelled":
            return mail.invoice_number or ""
        held_mail.require_untouched(session, mail)
        mail.status, mail.finished_at = "cancelled", desk.clock.now()
        session.add(mail)
        session.flush()
        ended = held_mail.turn_off_unused_link(session, actor, desk, mail)
        outbox.queue_card_edits(session, mail, change="undone", now=desk.clock.now())
        about = mail.invoice_number or ""
        auditing.record(
            session, actor, desk, "undo_send", about, delivery=mail.id, link_turned_off=ended
        )
        return about


@audited("share_card", about="delivery_id")
@repeatable
def share_card(
    actor: Actor, desk: Desk, *, delivery_id: int, channel: str, channel_is_shared: bool | None
) -> None:
    """Put the card in `channel` too, once; `channel_is_shared` None: Slack would not say."""
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        mail = held_mail.own_mail(session, actor, delivery_id, or_else=Permission.UNDO_ANY_SEND)
        if channel_is_shared:
            raise Refused("That channel is shared with another company; a card never goes there.")
        if channel_is_shared is None:
            raise Refused(
                "Slack would not say whether another company can read that channel,"
                " so the card was not posted. Choose another channel."
            )
        if mail.status == "cancelled":
            raise Refused(f"The sending of {mail.invoice_number} was undone: nothing to show.")
        now = desk.clock.now()
        card = outbox.queue_card(session, mail, channel=channel, purpose="shared_card", now=now)
        about = mail.invoice_number or ""
        auditing.record(
            session, actor, desk, "share_card", about, channel=channel, delivery=card.id
        )


def _sendable(session: Session, number: str) -> tuple[Invoice, Customer]:
    """The invoice as it is once its customer is locked."""
    found = invoices.find(session, number)
    customer = customers.lock(session, found.customer_id) if found else None
    if found is None or customer is None:
        raise NotFound(f"There is no invoice {number}.")
    session.refresh(found)
    if found.lifecycle == "void":
        raise Refused(f"{number} is void, so it cannot be sent.")
    return found, customer


def _same_form(known: Delivery, actor: Actor, invoice: Invoice) -> None:
    if (known.created_by, known.invoice_number) != (actor.id, invoice.number):
        raise Refused("This form has been used already. Please open a new one with /pay invoice.")


def _mail(
    session: Session, actor: Actor, desk: Desk, order: SendInvoice, about: _About
) -> InvoiceMail:
    invoice, customer, reason = about.invoice, about.customer, about.no_link_reason
    if order.with_link and not customer.payment_links_enabled:
        raise LinksDisabled(reason)
    wants_link = order.with_link and not reason
    link_id, is_new = _link(session, actor, desk, invoice) if wants_link else (None, False)
    on_file = customers.known_addresses(session, customer.id)
    return InvoiceMail(
        id=order.draft_id,
        invoice_number=invoice.number,
        customer_id=customer.id,
        link_id=link_id,
        recipients=list(order.recipients),
        sender=actor.id,
        message=order.message,
        new_addresses=[a for a in order.recipients if a.lower() not in on_file],
        no_link_reason=reason,
        copy_to_sender=checks.own_copy(actor, order.recipients) if order.copy_me else "",
        typed_in=order.typed_in,
        link_is_new=is_new,
    )


def _link(session: Session, actor: Actor, desk: Desk, invoice: Invoice) -> tuple[str, bool]:
    """The id of the invoice's link, and whether it was made just now."""
    before = payment_links.active_for(session, "invoice", invoice.number, desk.keyring.ids)
    link = payment_link.issue(
        session,
        actor,
        desk,
        kind="invoice",
        subject=invoice.number,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        invoice_numbers=[invoice.number],
    )
    return link.id, before is None


def _queue(session: Session, actor: Actor, desk: Desk, mail: InvoiceMail) -> Delivery:
    now = desk.clock.now()
    hold = timedelta(seconds=desk.policy.send_hold_seconds)
    domain = desk.policy.mail_domain
    row, _ = outbox.queue_invoice_mail(session, mail, now=now, not_before=now + hold, domain=domain)
    outbox.queue_card(session, row, channel=actor.id, purpose="card", now=now)
    to = {"recipients": mail.recipients, "copy": bool(mail.copy_to_sender)}
    detail: dict[str, Any] = {"delivery": row.id, "link": mail.link_id, **to}
    auditing.record(session, actor, desk, "send_invoice", mail.invoice_number, **detail)
    return row


def _sent(session: Session, customer: Customer, row: Delivery, *, repeated: bool) -> Sent:
    assert row.id is not None
    since = row.created_at - outbox.RECENT
    earlier = deliveries.invoice_mails_since(session, row.invoice_number or "", since)
    before = [m.created_at for m in earlier if m.id is not None and m.id < row.id]
    return Sent(
        delivery_id=row.id,
        invoice_number=row.invoice_number or "",
        customer_name=customer.name,
        recipients=tuple(r.address for r in deliveries.recipients(session, row.id)),
        new_addresses=tuple(row.payload["new_addresses"]),
        has_link=row.link_id is not None,
        mailed_before=max(before, default=None),
        leaves_at=row.not_before,
        repeated=repeated,
        no_link_reason=row.payload["no_link_reason"],
    )
