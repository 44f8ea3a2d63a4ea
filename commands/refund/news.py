"""What is told to whom about a refund."""

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from commands.take_payment import announce
from renderers.money_news import (
    RefundEvent,
)
from storage import deliveries
from storage.gateway_states import RefundStatus
from storage.payments import Payment
from storage.refunds import Refund

_EVENTS: dict[RefundStatus, RefundEvent] = {
    "pending": "refund_pending",
    "succeeded": "refunded",
    "failed": "refund_failed",
    "canceled": "refund_failed",
}


def tell(session: Session, desk: Desk, refund: Refund, *, numbers: list[str]) -> None:
    """The payments channel, and the thread of every card that shows one of these invoices."""
    now, event = desk.clock.now(), _EVENTS[refund.status]
    payload = {"refund": refund.id, "event": event}
    key, channel = f"{refund.id}:{event}", desk.policy.payments_channel
    outbox.queue_news(session, "refund", key=key, payload=payload, channel=channel, now=now)
    for mail in deliveries.mails_covering(session, numbers):
        outbox.queue_thread_notes(session, mail, change=key, payload=payload, now=now)


def mail(session: Session, desk: Desk, refund: Refund, payment: Payment) -> None:
    """To those who got the receipt, once."""
    recipients = announce.payers(session, payment)
    if payment.customer_id is None or not recipients:
        return
    outbox.queue_refund_mail(
        session,
        refund_id=refund.id,
        customer_id=payment.customer_id,
        recipients=recipients,
        now=desk.clock.now(),
        domain=desk.policy.mail_domain,
    )
