"""Payment links: issued, found, turned off. One link serves a document for as long as it lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, AnyActor, CustomerActor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import LinkOff, NotFound
from commands.payment_link import token as tokens
from commands.ports import AccountState
from commands.take_payment import attempts
from storage import checkouts, customers, deliveries, payment_links
from storage.customers import Customer
from storage.invoices import Invoice
from storage.payment_links import LinkKind, PaymentLink
from storage.unit_of_work import repeatable

LinkStatus = Literal["active", "paid", "off", "replaced"]


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """A link for a document: `subject` names it, `invoice_numbers` is what it covers."""

    subject: str
    customer_id: str
    currency: str
    invoice_numbers: tuple[str, ...]


def issue(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    *,
    kind: LinkKind,
    subject: str,
    customer_id: str,
    currency: str,
    invoice_numbers: list[str],
) -> PaymentLink:
    """The document's active link, made if there is none, in the caller's unit of work."""
    order = LinkOrder(subject, customer_id, currency, tuple(invoice_numbers))
    return issue_all(session, actor, desk, kind=kind, orders=[order])[subject]


def issue_all(
    session: Session, actor: AnyActor, desk: Desk, *, kind: LinkKind, orders: Sequence[LinkOrder]
) -> dict[str, PaymentLink]:
    """The same for many documents at once, by subject; their customers are locked."""
    subjects = [order.subject for order in orders]
    found = payment_links.active_for_all(session, kind, subjects, desk.keyring.ids)
    new = {o.subject: (_made(actor, desk, kind, o), o) for o in orders if o.subject not in found}
    payment_links.add_all(session, [(link, o.invoice_numbers) for link, o in new.values()])
    told = {link.id: {"kind": kind, "subject": order.subject} for link, order in new.values()}
    auditing.record_all(session, actor, desk, "issue_link", told)
    return found | {subject: link for subject, (link, _) in new.items()}


def _made(actor: AnyActor, desk: Desk, kind: LinkKind, order: LinkOrder) -> PaymentLink:
    link_id, salt, key_id = tokens.fresh_id(), tokens.fresh_salt(), desk.keyring.current_id
    return PaymentLink(
        id=link_id,
        kind=kind,
        subject=order.subject,
        customer_id=order.customer_id,
        currency=order.currency,
        salt=salt,
        key_id=key_id,
        token_sha256=tokens.fingerprint(tokens.write(desk.keyring, key_id, link_id, salt)),
        created_by=actor.id,
        created_at=desk.clock.now(),
    )


def url(desk: Desk, link: PaymentLink) -> str:
    """The whole address; raises `KeyMissing` when the link's key has left SECRET_KEY."""
    return page_url(desk, tokens.write(desk.keyring, link.key_id, link.id, link.salt))


def page_url(desk: Desk, token: str) -> str:
    return f"{desk.policy.base_url.rstrip('/')}/pay/{token}"


def find_by_token(session: Session, token: str) -> PaymentLink | None:
    """One indexed look-up of a hash, whatever was asked."""
    return payment_links.find_by_hash(session, tokens.fingerprint(token))


def bearer(desk: Desk, token: str) -> CustomerActor:
    """Whoever holds the token. Raises `NotFound`."""
    with desk.database.reading() as session:
        link = find_by_token(session, token)
    if link is None:
        raise NotFound("This link is not known.")
    return CustomerActor(link.id)


@audited("turn_off_link", about="link_id")
@repeatable
def turn_off(actor: Actor, desk: Desk, *, link_id: str) -> None:
    """End the link for good and what was begun through it; a bank debit under way goes on.

    Raises `NotFound`, `LinkOff` when it had ended before.
    """
    require(actor, Permission.TURN_OFF_OWN_LINK)
    with desk.database.writing() as session:
        link = payment_links.find(session, link_id)
        if link is None:
            raise NotFound("There is no such link.")
        customers.lock(session, link.customer_id)
        session.refresh(link)
        require(actor, _permission(actor, link))
        if link.state != "active":
            raise LinkOff("This link was turned off before.")
        _end(session, actor, desk, link)


def turn_off_open(session: Session, actor: AnyActor, desk: Desk, customer_id: str) -> int:
    """End every link through which the customer could pay something now, for good.

    In the caller's unit of work, which holds the customer. Returns how many there were.
    """
    links = payment_links.open_of_customer(session, customer_id)
    for link in links:
        _end(session, actor, desk, link)
    return len(links)


def _permission(actor: Actor, link: PaymentLink) -> Permission:
    own = link.created_by == actor.id
    return Permission.TURN_OFF_OWN_LINK if own else Permission.TURN_OFF_ANY_LINK


def _end(session: Session, actor: AnyActor, desk: Desk, link: PaymentLink) -> None:
    now = desk.clock.now()
    link.state, link.ended_by, link.ended_at = "off", actor.id, now
    session.add(link)
    begun = checkouts.live_of_link(session, link.id)
    for attempt in begun:
        attempts.supersede(session, desk, attempt)
    for mail in deliveries.mails_with_link(session, link.id):
        outbox.queue_card_edits(session, mail, change=f"link-off:{link.id}", now=now)
    auditing.record(session, actor, desk, "turn_off_link", link.id, ended_checkouts=len(begun))


def status(link: PaymentLink, covered: Sequence[Invoice]) -> LinkStatus:
    """Of a link over `covered`; paid: nothing is open on any of them, and something was paid."""
    if link.state != "active":
        return link.state
    settled = all(not invoice.balance for invoice in covered)
    paid = any(invoice.status == "paid" for invoice in covered)
    return "paid" if settled and paid else "active"


def why_no_link(
    customer: Customer, invoice: Invoice, account: AccountState, *, disputed: bool
) -> str:
    """Why this document cannot carry a link, as a sentence for staff; "" when it can.

    `disputed`: a payment of the invoice is (`storage.disputes.open_invoice_numbers`).
    """
    if invoice.is_credit_memo:
        return "A credit memo has nothing to pay."
    if invoice.lifecycle != "issued":
        return f"The invoice is {invoice.lifecycle.replace('_', ' ')}: there is nothing to pay."
    if disputed:
        return "A payment of this invoice is disputed: nothing is asked for meanwhile."
    if invoice.balance.minor <= 0:
        return "The invoice is paid: there is nothing to pay."
    return why_no_new_link(customer, account)


def why_no_new_link(customer: Customer, account: AccountState) -> str:
    """The same of an invoice that is still to be issued."""
    if not customer.payment_links_enabled:
        reason = f" ({customer.links_disabled_reason})" if customer.links_disabled_reason else ""
        return f"Payment links are disabled for {customer.name}{reason}."
    return _why_no_money(account)


def _why_no_money(account: AccountState) -> str:
    if account.status == "not_connected":
        return "No payments account is connected."
    if account.status == "restricted":
        return account.explanation or "The payments account cannot take money now."
    return ""
