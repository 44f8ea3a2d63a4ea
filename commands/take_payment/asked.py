"""What a link's holder asked for, against the ledger as it is in this unit of work."""

from dataclasses import dataclass

from sqlmodel import Session

from commands.access import CustomerActor
from commands.desk import Desk
from commands.errors import LinkOff, LinksDisabled, Refused
from commands.ports import AccountState
from commands.take_payment import credit, due, notices
from commands.take_payment.order import CheckoutOrder, Intent, Terms, intent
from renderers.formats import DEFAULT_LOCALE
from storage import customers, payment_links
from storage.customers import Customer
from storage.payment_links import PaymentLink


@dataclass(frozen=True, slots=True)
class Asked:
    link: PaymentLink
    wish: Intent


def asked(
    session: Session, actor: CustomerActor, desk: Desk, order: CheckoutOrder, account: AccountState
) -> Asked:
    """Locks the customer. Raises `Refused` and its kin."""
    contact = notices.whom_to_call(desk.company)
    link = payment_links.find(session, actor.link_id)
    customer = customers.lock(session, link.customer_id) if link else None
    if link is None or customer is None:
        raise LinkOff("This link is not known.")
    session.refresh(link)
    ended = notices.ended(desk, link, customer)
    if ended is not None:
        kind = LinkOff if link.state != "active" else LinksDisabled
        raise kind(f"{ended.title}. {ended.sentence}")
    offered = due.methods(customer, account, link.currency)
    if account.status != "active" or not offered:
        raise Refused(f"Online payment is not available just now. Please contact {contact}.")
    wish = intent(order, due.items(session, link), offered, terms(session, desk, link, customer))
    return Asked(link, wish)


def terms(session: Session, desk: Desk, link: PaymentLink, customer: Customer) -> Terms:
    """A statement's link nets credit by itself; the others offer it (DESIGN, decision 5)."""
    return Terms(
        link.currency,
        notices.whom_to_call(desk.company),
        takes_part=desk.policy.partial_payments,
        credit=credit.offered(session, link.customer_id, link.currency).minor,
        nets_credit=link.kind == "statement",
        locale=customer.locale or DEFAULT_LOCALE,
    )
