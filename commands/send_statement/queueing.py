"""A statement's mail as a row: queued in the caller's transaction, once for each key."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid

from sqlmodel import Session

from commands.access import AnyActor
from commands.desk import Desk
from commands.send_statement.order import SendStatement
from storage import deliveries
from storage.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class StatementMail:
    """`document`: what the statement is called on screens."""

    statement_id: str
    document: str
    link_id: str | None
    no_link_reason: str
    new_addresses: tuple[str, ...]
    copy_to_sender: str
    leaves_at: datetime


def mail_key(order: SendStatement) -> str:
    """By hand once for each form, by a schedule once for each period."""
    if order.schedule_id is None:
        return f"statement-mail:{order.draft_id}"
    start = order.period_start.isoformat() if order.period_start else ""
    period = f"{start}:{order.period_end.isoformat()}"
    return f"statement:{order.schedule_id}:{order.customer_id}:{period}:{order.currency}"


def queue(
    session: Session, actor: AnyActor, desk: Desk, order: SendStatement, mail: StatementMail
) -> Delivery:
    row = Delivery(
        key=mail_key(order),
        kind="email",
        purpose="statement",
        payload={
            "statement": mail.statement_id,
            "document": mail.document,
            "message": order.message,
            "new_addresses": list(mail.new_addresses),
            "no_link_reason": mail.no_link_reason,
            "typed_in": order.typed_in,
            "link_is_new": mail.link_id is not None,
            # What nobody asked for leaves in this mode or not at all.
            "mail_mode": desk.policy.mail_mode if order.schedule_id else "",
        },
        message_id=make_msgid(domain=desk.policy.mail_domain),
        customer_id=order.customer_id,
        link_id=mail.link_id,
        batch_id=order.batch_id,
        created_by=actor.id,
        created_at=desk.clock.now(),
        not_before=mail.leaves_at,
    )
    copy = [mail.copy_to_sender] if mail.copy_to_sender else []
    return deliveries.add(session, row, [*order.recipients, *copy])[0]
