"""What leaves the house, as rows: each function queues one delivery in the caller's transaction.

A key is made of ids and ISO dates, so that queueing again changes nothing. `commands.deliver`
composes the content from the row when its turn comes, from the ledger as it is then.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any, Literal

from sqlmodel import Session

from storage import deliveries
from storage.deliveries import Delivery
from storage.payments import Payment

# Every post there is; `commands.deliver` knows how each is composed.
PostPurpose = Literal[
    "card",
    "shared_card",
    "card_edit",
    "thread_note",
    "confirmation",
    "notice",
    "automatic_report",
    "refund",
    "dispute",
    "approval",
    "batch",  # how many mails that are sent together go
    "pre_flight",  # of a period end
    "comparison",
    "edit",  # of a post that is composed anew
    "reply",  # in the thread of a post
]
# Whoever mails an invoice again within this time is told so.
RECENT = timedelta(hours=24)
CARDS: tuple[PostPurpose, ...] = ("card", "shared_card")


@dataclass(frozen=True, slots=True)
class InvoiceMail:
    """An invoice, an order confirmation or both, in one mail.

    `id` (the form's draft) makes two submissions of it one mail. The number of a document that
    does not go along is "".
    """

    id: str
    invoice_number: str
    customer_id: str
    link_id: str | None
    recipients: list[str]
    sender: str  # who sends: a Slack id, or "system:…"
    message: str = ""
    new_addresses: list[str] = field(default_factory=list)
    no_link_reason: str = ""
    copy_to_sender: str = ""  # the sender's own address, last among the recipients
    typed_in: str = ""  # the Slack channel in which the command was typed
    link_is_new: bool = False  # made for this mail: Undo turns it off again
    order_number: str = ""
    version: int = 1  # of the invoice, at this moment
    mail_mode: str = ""  # of a mail that nobody asked for: it leaves in this mode or not at all

    @property
    def automatic(self) -> bool:
        return bool(self.mail_mode)


def invoice_mail_key(mail_id: str, *, automatic: bool) -> str:
    return f"auto-invoice:{mail_id}" if automatic else f"invoice-mail:{mail_id}"


def queue_invoice_mail(
    session: Session, mail: InvoiceMail, *, now: datetime, not_before: datetime, domain: str
) -> tuple[Delivery, bool]:
    """The row, and whether it is new."""
    row = Delivery(
        key=invoice_mail_key(mail.id, automatic=mail.automatic),
        kind="email",
        purpose="invoice" if mail.invoice_number else "order_confirmation",
        payload={
            "message": mail.message,
            "new_addresses": mail.new_addresses,
            "no_link_reason": mail.no_link_reason,
            "typed_in": mail.typed_in,
            "link_is_new": mail.link_is_new,
            "version": mail.version,
            "mail_mode": mail.mail_mode,
        },
        message_id=make_msgid(domain=domain),
        customer_id=mail.customer_id,
        invoice_number=mail.invoice_number or None,
        order_number=mail.order_number or None,
        link_id=mail.link_id,
        created_by=mail.sender,
        created_at=now,
        not_before=not_before,
    )
    copy = [mail.copy_to_sender] if mail.copy_to_sender else []
    return deliveries.add(session, row, mail.recipients + copy)


def mailed_lately(
    session: Session, *, invoice_number: str | None, order_number: str | None, before: datetime
) -> list[Delivery]:
    """Mails with one of these documents in the 24 hours before that instant, newest first."""
    since = before - RECENT
    found: list[Delivery] = []
    if invoice_number:
        found += deliveries.invoice_mails_since(session, invoice_number, since)
    if order_number:
        found += deliveries.confirmations_since(session, order_number, since)
    once = {mail.id: mail for mail in found}.values()
    return sorted(once, key=lambda mail: (mail.created_at, mail.id or 0), reverse=True)


def queue_receipt_mail(
    session: Session,
    *,
    payment_id: str,
    customer_id: str,
    recipients: list[str],
    now: datetime,
    domain: str,
    sender: str = "system:gateway-events",
) -> None:
    """One Receipt for each payment that became money."""
    row = Delivery(
        key=f"receipt:{payment_id}",
        kind="email",
        purpose="receipt",
        payload={"payment": payment_id},
        message_id=make_msgid(domain=domain),
        customer_id=customer_id,
        created_by=sender,
        created_at=now,
        not_before=now,
    )
    deliveries.add(session, row, recipients)


def queue_failure_mail(
    session: Session,
    payment: Payment,
    *,
    link_id: str,
    recipients: list[str],
    now: datetime,
    domain: str,
) -> None:
    """One mail for each payment that failed after the customer had left Stripe's page."""
    row = Delivery(
        key=f"payment-failed:{payment.id}",
        kind="email",
        purpose="payment_failed",
        payload={"payment": payment.id},
        message_id=make_msgid(domain=domain),
        customer_id=payment.customer_id,
        link_id=link_id,
        created_by="system:gateway-events",
        created_at=now,
        not_before=now,
    )
    deliveries.add(session, row, recipients)


def queue_refund_mail(
    session: Session,
    *,
    refund_id: str,
    customer_id: str,
    recipients: list[str],
    now: datetime,
    domain: str,
) -> None:
    """One mail for each refund that succeeded."""
    row = Delivery(
        key=f"refund:{refund_id}",
        kind="email",
        purpose="refund",
        payload={"refund": refund_id},
        message_id=make_msgid(domain=domain),
        customer_id=customer_id,
        created_by="system:gateway-events",
        created_at=now,
        not_before=now,
    )
    deliveries.add(session, row, recipients)


def queue_card(
    session: Session, mail: Delivery, *, channel: str, purpose: PostPurpose, now: datetime
) -> Delivery:
    """The card of a mail: in the sender's direct message, or shared in a channel."""
    row = _post(f"{purpose}:{mail.id}:{channel}", purpose, channel, {}, mail.created_by, now)
    row.about = mail.id
    return deliveries.add(session, row)[0]


def queue_card_edits(session: Session, mail: Delivery, *, change: str, now: datetime) -> None:
    """Show every card of the mail as things are now; `change` names what happened, once.

    Once for each retry that a person asked for, that is: the same may happen again after it.
    """
    retries = mail.payload.get("retries", 0)
    happened = f"{change}:{retries}" if retries else change
    for card in _cards(session, mail):
        row = _post(f"card-edit:{card.id}:{happened}", "card_edit", "", {}, mail.created_by, now)
        _follow(session, row, card, mail)


def queue_thread_notes(
    session: Session, mail: Delivery, *, change: str, payload: dict[str, Any], now: datetime
) -> None:
    """Say in the thread of every card of the mail what happened."""
    for card in _cards(session, mail):
        key = f"thread-note:{card.id}:{change}"
        row = _post(key, "thread_note", "", payload, mail.created_by, now)
        _follow(session, row, card, mail)


def queue_confirmation(
    session: Session, *, payment_id: str, event: str, channel: str, now: datetime
) -> None:
    """Tell the payments channel once for each payment and event ("paid", "processing", …)."""
    payload = {"payment": payment_id, "event": event}
    key = f"confirmation:{payment_id}:{event}"
    deliveries.add(session, _post(key, "confirmation", channel, payload, "system", now))


def queue_notice(
    session: Session,
    *,
    key: str,
    text: str,
    channel: str,
    now: datetime,
    excess_of: str = "",
) -> None:
    """A sentence for people to act on; `text` is plain and is escaped when it is composed.

    `excess_of`: the payment of which something was kept as credit; the notice gets its buttons.
    """
    payload = {"text": text} | ({"excess_of": excess_of} if excess_of else {})
    row = _post(f"notice:{key}", "notice", channel, payload, "system", now)
    deliveries.add(session, row)


def queue_edit(session: Session, post: Delivery, *, change: str, now: datetime) -> None:
    """Show the post as things are now; `change` names what happened, once."""
    row = _post(_edit_key(post, change), "edit", "", {}, "system", now)
    row.lane, row.depends_on = post.lane, post.id
    deliveries.add(session, row)


def queue_reply(
    session: Session, post: Delivery, *, change: str, payload: dict[str, Any], now: datetime
) -> None:
    """Say in the thread of the post what happened."""
    row = _post(f"reply:{post.id}:{change}", "reply", "", payload, "system", now)
    row.lane, row.depends_on = post.lane, post.id
    deliveries.add(session, row)


def queue_automatic_report(session: Session, *, run_id: int, channel: str, now: datetime) -> None:
    """What became of the automatic invoices of one import, once."""
    key, payload = f"automatic-invoices:{run_id}", {"run": run_id}
    deliveries.add(session, _post(key, "automatic_report", channel, payload, "system", now))


def queue_news(
    session: Session,
    purpose: PostPurpose,
    *,
    key: str,
    payload: dict[str, Any],
    channel: str,
    now: datetime,
) -> Delivery:
    """A post of its own, once for each `key`; `channel` may be a person's id."""
    row = _post(f"{purpose}-post:{key}", purpose, channel, payload, "system", now)
    return deliveries.add(session, row)[0]


def queue_batch_post(session: Session, *, batch_id: str, channel: str, now: datetime) -> None:
    """The one message about a batch of mails."""
    payload = {"batch": batch_id}
    queue_news(session, "batch", key=batch_id, payload=payload, channel=channel, now=now)


def batch_post(session: Session, batch_id: str) -> Delivery | None:
    return deliveries.find_by_key(session, f"batch-post:{batch_id}")


def find_edit(session: Session, post: Delivery, *, change: str) -> Delivery | None:
    return deliveries.find_by_key(session, _edit_key(post, change))


def posts_about_approval(session: Session, approval_id: str) -> list[Delivery]:
    """Wherever the request was shown."""
    return deliveries.keyed(session, f"approval-post:{approval_id}:")


def _edit_key(post: Delivery, change: str) -> str:
    return f"edit:{post.id}:{change}"


def _cards(session: Session, mail: Delivery) -> list[Delivery]:
    assert mail.id is not None
    return [post for post in deliveries.about(session, mail.id) if post.purpose in CARDS]


def _follow(session: Session, row: Delivery, card: Delivery, mail: Delivery) -> None:
    row.lane, row.depends_on, row.about = card.lane, card.id, mail.id
    deliveries.add(session, row)


def _post(
    key: str, purpose: PostPurpose, lane: str, payload: dict[str, Any], by: str, now: datetime
) -> Delivery:
    return Delivery(
        key=key,
        kind="slack",
        purpose=purpose,
        payload=payload,
        lane=lane,
        created_by=by,
        created_at=now,
        not_before=now,
    )
