"""Payment links: issue, turn off, and why there is none."""

import hashlib
import secrets
import uuid
from typing import Literal

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound
from commands.payment_link import token
from commands.ports import AccountState
from storage import payment_links
from storage.customers import Customer
from storage.invoices import Invoice
from storage.payment_links import LinkKind, PaymentLink


def issue(
    session: Session,
    actor: Actor,
    desk: Desk,
    *,
    kind: LinkKind,
    subject: str,
    customer_id: str,
    currency: str,
    invoice_numbers: list[str],
) -> PaymentLink:
    """The document's active link, made now if there is none, in the caller's unit of work."""
    known = payment_links.active_for(session, kind, subject, desk.keyring.ids)
    if known is not None:
        return known
    link_id, salt, key_id = str(uuid.uuid4()), secrets.token_bytes(16), desk.keyring.current_id
    secret = token.derive(desk.keyring, key_id, link_id, salt)
    link = PaymentLink(
        id=link_id,
        kind=kind,
        subject=subject,
        customer_id=customer_id,
        currency=currency,
        salt=salt,
        key_id=key_id,
        token_sha256=hashlib.sha256(secret.encode()).digest(),
        created_by=actor.id,
        created_at=desk.clock.now(),
    )
    payment_links.add(session, link, invoice_numbers)
    return link


def url(desk: Desk, link: PaymentLink) -> str:
    return f"{desk.policy.base_url}/pay/" + token.derive(
        desk.keyring, link.key_id, link.id, link.salt
    )


@audited("turn_off_link", about="link_id")
def turn_off(actor: Actor, desk: Desk, *, link_id: str) -> None:
    require(actor, Permission.TURN_OFF_OWN_LINK)
    with desk.database.writing() as session:
        link = payment_links.find(session, link_id)
        if link is None:
            raise NotFound("There is no such link.")
        if link.created_by != actor.id:
            require(actor, Permission.TURN_OFF_ANY_LINK)
        link.state, link.ended_by, link.ended_at = "off", actor.id, desk.clock.now()
        session.add(link)
        auditing.record(session, actor, desk, "turn_off_link", link_id)


def status(session: Session, link: PaymentLink) -> Literal["active", "paid", "off", "replaced"]:
    if link.state != "active":
        return link.state
    covered = payment_links.invoices_of(session, link.id)
    return "active" if any(invoice.balance for invoice in covered) else "paid"


def why_no_link(customer: Customer, invoice: Invoice, account: AccountState) -> str:
    """The reason as a sentence for the form; "" when a link is possible."""
    if invoice.is_credit_memo:
        return "A credit memo has nothing to pay."
    if invoice.balance.minor <= 0:
        return f"There is nothing to pay on {invoice.number}."
    if not customer.payment_links_enabled:
        return f"Payment links are disabled for {customer.name}."
    if account.status != "active":
        return account.explanation or "The payments account cannot take money now."
    return ""
