"""What is told to whom about a dispute: one post that is kept up to date, and its thread."""

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from renderers.money_news import (
    DisputeEvent,
)
from storage import deliveries
from storage.disputes import Dispute


def tell(
    session: Session,
    desk: Desk,
    dispute: Dispute,
    *,
    happened: list[DisputeEvent],
    numbers: list[str],
    change: str,
) -> None:
    """The post in the payments channel, edited; its thread and the cards' for what happened."""
    now, channel = desk.clock.now(), desk.policy.payments_channel
    payload = {"dispute": dispute.id}
    post = outbox.queue_news(
        session, "dispute", key=dispute.id, payload=payload, channel=channel, now=now
    )
    if "opened" not in happened:
        outbox.queue_edit(session, post, change=change, now=now)
    for event in happened:
        told = payload | {"event": event}
        if event != "opened":
            outbox.queue_reply(session, post, change=f"{change}:{event}", payload=told, now=now)
        for mail in deliveries.mails_covering(session, numbers):
            key = f"{dispute.id}:{event}:{dispute.movements}"
            outbox.queue_thread_notes(session, mail, change=key, payload=told, now=now)
