"""A mail that was queued and may still be held: whose it is, and whether it can be stopped."""

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound, TooLate
from storage import customers, deliveries, payment_links
from storage.deliveries import Delivery


def own_mail(session: Session, actor: Actor, delivery_id: int, *, or_else: Permission) -> Delivery:
    """The mail, locked, if it is the actor's own or they hold `or_else`."""
    row = deliveries.find(session, delivery_id)
    if row is None or row.purpose not in deliveries.DOCUMENT_MAILS:
        raise NotFound("That mail is not known.")
    if row.customer_id:
        customers.lock(session, row.customer_id)
    held = deliveries.lock(session, delivery_id)
    assert held is not None
    if held.created_by != actor.id:
        require(actor, or_else)
    return held


def require_untouched(session: Session, mail: Delivery) -> None:
    """A mail can be stopped until a worker takes it, and never once an address may have it."""
    assert mail.id is not None
    outcomes = [row.outcome for row in deliveries.recipients(session, mail.id)]
    settled = mail.ambiguous > 0 or any(outcome != "pending" for outcome in outcomes)
    if mail.status != "queued" or mail.data_started_at is not None or settled:
        link = " The link can still be turned off." if mail.link_id else ""
        raise TooLate(
            f"The mail with {mail.document_number} has already left, so it cannot be undone.{link}"
        )


def turn_off_unused_link(session: Session, actor: Actor, desk: Desk, mail: Delivery) -> bool:
    """End the link if only mails that were undone carried it, one of which had it made."""
    link = payment_links.find(session, mail.link_id) if mail.link_id else None
    if link is None or link.state != "active":
        return False
    carriers = deliveries.mails_with_link(session, link.id)
    made_here = any(m.payload.get("link_is_new") for m in carriers)
    if not made_here or any(m.status != "cancelled" for m in carriers):
        return False
    link.state, link.ended_by, link.ended_at = "off", actor.id, desk.clock.now()
    session.add(link)
    return True
