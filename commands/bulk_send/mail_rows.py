"""The mails of a bulk send as rows of the outbox: many at once, each once."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid

from sqlmodel import Session

from storage import batches
from storage.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class BulkMailOrder:
    """One mail of a bulk send, which is a batch of the same id."""

    bulk_send_id: str
    position: int
    customer_id: str
    currency: str
    link_id: str
    recipients: list[str]
    new_addresses: list[str]
    sender: str  # a Slack id


def queue_bulk_mails(
    session: Session,
    orders: list[BulkMailOrder],
    *,
    now: datetime,
    not_before: datetime,
    domain: str,
) -> list[Delivery]:
    """Rows in the order of `orders`; queued again, they are the same ones."""
    rows = [_bulk_mail(order, now, not_before, domain) for order in orders]
    to = [order.recipients for order in orders]
    return batches.queue_all(session, list(zip(rows, to, strict=True)))


def _bulk_mail(order: BulkMailOrder, now: datetime, not_before: datetime, domain: str) -> Delivery:
    return Delivery(
        key=f"bulk-mail:{order.bulk_send_id}:{order.customer_id}:{order.currency}",
        kind="email",
        purpose="bulk",
        payload={
            "bulk_send": order.bulk_send_id,
            "position": order.position,
            "new_addresses": order.new_addresses,
            "link_is_new": True,
        },
        message_id=make_msgid(domain=domain),
        customer_id=order.customer_id,
        link_id=order.link_id,
        batch_id=order.bulk_send_id,
        created_by=order.sender,
        created_at=now,
        not_before=not_before,
    )
