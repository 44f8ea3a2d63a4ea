"""Send an invoice, its order's confirmation, or both in one mail: validate again, then queue the
mail and its card in one transaction; undo it; share its card.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, AnyActor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import LinksDisabled, Refused
from commands.outbox import InvoiceMail
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.send_invoice import checks, held_mail, sendable
from commands.send_invoice.sendable import Sendable
from storage import customers, deliveries, payment_links
from storage.customers import Customer
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.unit_of_work import repeatable

DocumentKind = Literal["invoice", "order_confirmation"]


@dataclass(frozen=True, slots=True)
class SendInvoice:
    """What was submitted; `draft_id` makes two submissions of one form one mail.

    The invoice goes unless `documents` says otherwise; the order's confirmation goes when it is
    among them, and needs an `order_number`.
    `automatic`: nobody asked for it, so that it has neither card nor Undo and leaves at once;
    `draft_id` names the invoice and its version then.
    """

    draft_id: str
    invoice_number: str
    recipients: tuple[str, ...]
    with_link: bool
    message: str = ""
    copy_me: bool = False
    typed_in: str = ""  # the channel in which the command was typed
    documents: tuple[DocumentKind, ...] = ("invoice",)
    order_number: str = ""
    automatic: bool = False

    @property
    def invoice(self) -> str:
        """The number of the invoice that goes along, or ""."""
        return self.invoice_number if "invoice" in self.documents else ""

    @property
    def confirmed_order(self) -> str:
        """The number of the order whose confirmation goes along, or ""."""
        return self.order_number if "order_confirmation" in self.documents else ""

    @property
    def about(self) -> str:
        return self.invoice or self.confirmed_order or self.invoice_number


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
    order_number: str = ""  # whose confirmation goes along, or ""

    @property
    def documents(self) -> tuple[str, ...]:
        """What goes, as people call it."""
        confirmation = f"order confirmation {self.order_number}" if self.order_number else ""
        return tuple(name for name in (self.invoice_number, confirmation) if name)


@audited("send_invoice", about="order.about")
@repeatable
def send_invoice(actor: Actor, desk: Desk, *, order: SendInvoice) -> Sent:
    """Raises `InvalidInput` by form field, `NotFound`, `LinksDisabled` or another `Refused`."""
    require(actor, Permission.SEND_INVOICE)
    order, account = checked(order), desk.gateway.account.state()
    with desk.database.writing() as session:
        return send_within(session, actor, desk, order=order, account=account)


def checked(order: SendInvoice) -> SendInvoice:
    """The order with usable addresses and message. Raises `InvalidInput`."""
    checks.fitting_documents(order.invoice, order.confirmed_order, with_link=order.with_link)
    return replace(
        order,
        recipients=checks.usable_recipients(order.recipients),
        message=checks.fitting_message(order.message),
    )


def send_within(
    session: Session, actor: AnyActor, desk: Desk, *, order: SendInvoice, account: AccountState
) -> Sent:
    """Queue the mail and its card in the caller's unit of work, for an order that is `checked`."""
    found = sendable.locked(session, order.invoice, order.confirmed_order, account)
    key = outbox.invoice_mail_key(order.draft_id, automatic=order.automatic)
    known = deliveries.find_by_key(session, key)
    if known is not None:
        _same_form(known, actor, order)
        return _sent(session, found.customer, known, repeated=True)
    mail = _mail(session, actor, desk, order, found)
    row = _queue(session, actor, desk, mail)
    return _sent(session, found.customer, row, repeated=False)


@audited("undo_send", about="delivery_id")
@repeatable
def undo(actor: Actor, desk: Desk, *, delivery_id: int) -> str:
    """Stop a mail that is still held; a link made for it alone is turned off again.

    Returns the document's number. Raises `TooLate` once a worker has begun with it.
    """
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        mail = held_mail.own_mail(session, actor, delivery_id, or_else=Permission.UNDO_ANY_SEND)
        if mail.status == "cancelled":
            return mail.document_number
        held_mail.require_untouched(session, mail)
        mail.status, mail.finished_at = "cancelled", desk.clock.now()
        session.add(mail)
        session.flush()
        ended = held_mail.turn_off_unused_link(session, actor, desk, mail)
        outbox.queue_card_edits(session, mail, change="undone", now=desk.clock.now())
        about = mail.document_number
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
            raise Refused(f"The sending of {mail.document_number} was undone: nothing to show.")
        now = desk.clock.now()
        card = outbox.queue_card(session, mail, channel=channel, purpose="shared_card", now=now)
        about = mail.document_number
        auditing.record(
            session, actor, desk, "share_card", about, channel=channel, delivery=card.id
        )


def _same_form(known: Delivery, actor: AnyActor, order: SendInvoice) -> None:
    if (known.created_by, known.document_number) != (actor.id, order.about):
        raise Refused("This form has been used already. Please open a new one with /pay.")


def _mail(
    session: Session, actor: AnyActor, desk: Desk, order: SendInvoice, found: Sendable
) -> InvoiceMail:
    invoice, customer, reason = found.invoice, found.customer, found.no_link_reason
    if order.with_link and not customer.payment_links_enabled:
        raise LinksDisabled(reason)
    link_id, is_new = None, False
    if order.with_link and invoice is not None and not reason:
        link_id, is_new = _link(session, actor, desk, invoice)
    on_file = customers.known_addresses(session, customer.id)
    return InvoiceMail(
        id=order.draft_id,
        invoice_number=order.invoice,
        order_number=order.confirmed_order,
        customer_id=customer.id,
        link_id=link_id,
        recipients=list(order.recipients),
        sender=actor.id,
        message=order.message,
        new_addresses=[a for a in order.recipients if a.lower() not in on_file],
        no_link_reason=reason,
        copy_to_sender=_own_copy(actor, order),
        typed_in=order.typed_in,
        link_is_new=is_new,
        version=invoice.version if invoice else 1,
        mail_mode=desk.policy.mail_mode if order.automatic else "",
    )


def _own_copy(actor: AnyActor, order: SendInvoice) -> str:
    if not (order.copy_me and isinstance(actor, Actor)):
        return ""
    return checks.own_copy(actor, order.recipients)


def _link(session: Session, actor: AnyActor, desk: Desk, invoice: Invoice) -> tuple[str, bool]:
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


def _queue(session: Session, actor: AnyActor, desk: Desk, mail: InvoiceMail) -> Delivery:
    now = desk.clock.now()
    hold = timedelta(seconds=0 if mail.automatic else desk.policy.send_hold_seconds)
    domain = desk.policy.mail_domain
    row, _ = outbox.queue_invoice_mail(session, mail, now=now, not_before=now + hold, domain=domain)
    if not mail.automatic:
        outbox.queue_card(session, row, channel=actor.id, purpose="card", now=now)
    to = {"recipients": mail.recipients, "copy": bool(mail.copy_to_sender)}
    detail: dict[str, Any] = {"delivery": row.id, "link": mail.link_id, **to}
    detail |= {"order_confirmation": mail.order_number} if mail.order_number else {}
    auditing.record(session, actor, desk, "send_invoice", row.document_number, **detail)
    return row


def _sent(session: Session, customer: Customer, row: Delivery, *, repeated: bool) -> Sent:
    assert row.id is not None
    numbers = {"invoice_number": row.invoice_number, "order_number": row.order_number}
    earlier = outbox.mailed_lately(session, **numbers, before=row.created_at)
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
        order_number=row.order_number or "",
    )
