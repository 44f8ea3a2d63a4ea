"""What the tests of deliveries queue, and how they look at what became of it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from sqlmodel import Session, select

from commands import outbox
from commands.access import DELIVERER
from commands.deliver.service import deliver_next
from commands.payment_link import service as payment_link
from commands.ports import MailEnvelope
from storage import deliveries
from storage.customers import Customer
from storage.database import Database
from storage.deliveries import Delivery
from tests.builders import SALLY, add_customer, add_invoice
from tests.conftest import Room

PAY = "https://pay.bloom.test/pay/"


def queue_mail(
    room: Room,
    *recipients: str,
    mail_id: str = "draft-1",
    link: bool = True,
    card: bool = True,
    **own: Any,
) -> int:
    """Sally mails INV-1042 of Blue Iris with a link, and gets a card; the mail's id."""
    facts: dict[str, Any] = {"invoice_number": "INV-1042", "sender": SALLY.id} | own
    with room.desk.database.writing() as session:
        if session.get(Customer, "C1") is None:
            add_customer(session)
            add_invoice(session)
        link_id = issue_link(room, session) if link else None
        mail, _ = outbox.queue_invoice_mail(
            session,
            outbox.InvoiceMail(
                id=mail_id,
                customer_id="C1",
                link_id=link_id,
                recipients=list(recipients or ("ap@iris.test",)),
                **facts,
            ),
            now=room.desk.clock.now(),
            not_before=room.desk.clock.now(),
            domain="bloom.test",
        )
        if card:
            now = room.desk.clock.now()
            outbox.queue_card(session, mail, channel=SALLY.id, purpose="card", now=now)
        assert mail.id is not None
        return mail.id


def issue_link(room: Room, session: Session) -> str:
    return payment_link.issue(
        session,
        SALLY,
        room.desk,
        kind="invoice",
        subject="INV-1042",
        customer_id="C1",
        currency="USD",
        invoice_numbers=["INV-1042"],
    ).id


def queue_notice(room: Room, key: str, channel: str = "#payments") -> None:
    with room.desk.database.writing() as session:
        now = room.desk.clock.now()
        outbox.queue_notice(session, key=key, text=f"Notice {key}", channel=channel, now=now)


def turn(room: Room, **options: Any) -> bool:
    return deliver_next(DELIVERER, room.desk, room.carriers, **options)


def drain(room: Room) -> int:
    """Deliver until nothing is due; how many turns it took."""
    turns = 0
    while turn(room):
        turns += 1
        assert turns < 200
    return turns


def row(database: Database, delivery_id: int) -> Delivery:
    with database.reading() as session:
        found = deliveries.find(session, delivery_id)
    assert found is not None
    return found


def by_purpose(database: Database, purpose: str) -> list[Delivery]:
    with database.reading() as session:
        own = select(Delivery).where(Delivery.purpose == purpose)
        return sorted(session.exec(own), key=lambda each: each.id or 0)


def outcomes(database: Database, delivery_id: int) -> dict[str, str]:
    with database.reading() as session:
        return {r.address: r.outcome for r in deliveries.recipients(session, delivery_id)}


def parsed(envelope: MailEnvelope) -> EmailMessage:
    message = message_from_bytes(envelope.message, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def pdf(message: EmailMessage) -> bytes:
    (attachment,) = message.iter_attachments()
    content = attachment.get_content()
    assert isinstance(content, bytes)
    return content
