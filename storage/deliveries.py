"""Deliveries: every mail and Slack post that is to leave, or has left, is a row here.

The row is the queue. `not_before` is business time (Undo, schedules); leases and retries go by
the real clock. Who takes the next row asks storage.delivery_queue; the policy that moves a row
from status to status is commands.deliver.
"""

from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Index, bindparam, text
from sqlmodel import Field, Session, SQLModel, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.columns import STRICT, Json, Text, Utc, one_of, rule
from storage.payment_links import PaymentLinkInvoice

DeliveryKind = Literal["email", "slack"]
DeliveryStatus = Literal["queued", "sending", "sent", "failed", "unknown", "cancelled"]
Outcome = Literal["pending", "sent", "refused", "unknown"]
UNFINISHED: tuple[DeliveryStatus, ...] = ("queued", "sending")
# It was tried, and nothing more happens by itself.
OVER: tuple[DeliveryStatus, ...] = ("sent", "failed", "unknown")

# The mails that a person sends: an invoice, an order's confirmation or both, or a statement.
DOCUMENT_MAILS = ("invoice", "order_confirmation", "statement")

_LATEST = 20  # mails of one document: whoever asks wants to know of the last
_UNFINISHED = text("status IN ('queued', 'sending')")
_OF_A_BATCH = text("batch_id IS NOT NULL")
_ALONE = text("status IN ('queued', 'sending') AND batch_id IS NULL")


class Delivery(SQLModel, table=True):
    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("kind", DeliveryKind),
        one_of("status", DeliveryStatus),
        rule("mail_has_message_id", "kind <> 'email' OR message_id IS NOT NULL"),
        rule("sending_is_leased", "status <> 'sending' OR lease_token IS NOT NULL"),
        Index(
            "ix_deliveries_due",
            "not_before",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(
            "ix_deliveries_lane",
            "lane",
            "id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_deliveries_invoice", "invoice_number", "created_at"),
        Index("ix_deliveries_order", "order_number", "created_at"),
        Index("ix_deliveries_about", "about"),
        Index(
            "ix_deliveries_batch",
            "batch_id",
            "status",
            sqlite_where=_OF_A_BATCH,
            postgresql_where=_OF_A_BATCH,
        ),
        # What one person sent does not queue behind a batch of thousands.
        Index(
            "ix_deliveries_due_alone",
            "not_before",
            sqlite_where=_ALONE,
            postgresql_where=_ALONE,
        ),
        {"sqlite_strict": True, "sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, sa_type=Text)  # ids and ISO dates: what makes it happen once
    kind: DeliveryKind = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)  # which mail or which post; commands.deliver lists them
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    status: DeliveryStatus = Field(default="queued", sa_type=Text)
    lane: str | None = Field(default=None, sa_type=Text)  # a Slack channel: its order is kept
    depends_on: int | None = Field(default=None, foreign_key="deliveries.id")
    about: int | None = Field(default=None, foreign_key="deliveries.id")  # a card's mail
    not_before: datetime = Field(sa_type=Utc)
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    attempts: int = 0
    first_tried_at: datetime | None = Field(default=None, sa_type=Utc)  # by the real clock
    # Tries that ended before anything could leave: a worker that vanished, a failed rendering.
    setbacks: int = 0
    lease_token: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=Utc)
    data_started_at: datetime | None = Field(default=None, sa_type=Utc)
    ambiguous: int = 0  # how often the outcome of a try could not be known
    message_id: str | None = Field(default=None, sa_type=Text)
    channel: str | None = Field(default=None, sa_type=Text)  # where Slack put it
    ts: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)
    customer_id: str | None = Field(default=None, foreign_key="customers.id", sa_type=Text)
    invoice_number: str | None = Field(default=None, foreign_key="invoices.number", sa_type=Text)
    order_number: str | None = Field(default=None, foreign_key="orders.number", sa_type=Text)
    link_id: str | None = Field(
        default=None, foreign_key="payment_links.id", index=True, sa_type=Text
    )
    # Of the mails that were sent together, and are told of together.
    batch_id: str | None = Field(default=None, foreign_key="batches.id", sa_type=Text)
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)

    @property
    def document_number(self) -> str:
        """Of the document that a mail is about: its invoice, its order, or its statement."""
        named: str = self.payload.get("document", "")
        return self.invoice_number or self.order_number or named


class DeliveryRecipient(SQLModel, table=True):
    __tablename__ = "delivery_recipients"
    __table_args__ = (one_of("outcome", Outcome), STRICT)

    delivery_id: int = Field(primary_key=True, foreign_key="deliveries.id")
    address: str = Field(primary_key=True, sa_type=Text)
    position: int = 0
    outcome: Outcome = Field(default="pending", sa_type=Text)
    reply: str = Field(default="", sa_type=Text)  # the mail server's words


def find(session: Session, delivery_id: int) -> Delivery | None:
    return session.get(Delivery, delivery_id)


def lock(session: Session, delivery_id: int) -> Delivery | None:
    """The row, held until the unit of work ends, so that no worker can take it meanwhile."""
    held = select(Delivery).where(Delivery.id == delivery_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def find_by_key(session: Session, key: str) -> Delivery | None:
    return session.exec(_of_key(), params={"key": key}).first()


@cache
def _of_key() -> SelectOfScalar[Delivery]:
    return select(Delivery).where(Delivery.key == bindparam("key"))


def keyed(session: Session, beginning: str) -> list[Delivery]:
    """Rows whose key begins with `beginning`, which ends in a colon; oldest first."""
    after = beginning.removesuffix(":") + ";"  # the character that follows the colon
    own = select(Delivery).where(col(Delivery.key) >= beginning, col(Delivery.key) < after)
    return list(session.exec(own.order_by(col(Delivery.id))))


def add(
    session: Session, delivery: Delivery, recipients: list[str] | None = None
) -> tuple[Delivery, bool]:
    """Queue once: a row with the same key is returned as it is, with False."""
    known = find_by_key(session, delivery.key)
    if known is not None:
        return known, False
    session.add(delivery)
    session.flush()
    assert delivery.id is not None
    for position, address in enumerate(recipients or []):
        row = DeliveryRecipient(delivery_id=delivery.id, address=address, position=position)
        session.add(row)
    session.flush()
    return delivery, True


def recipients(session: Session, delivery_id: int) -> list[DeliveryRecipient]:
    own = select(DeliveryRecipient).where(DeliveryRecipient.delivery_id == delivery_id)
    return list(session.exec(own.order_by(col(DeliveryRecipient.position))))


def addresses_of(session: Session, delivery_ids: list[int]) -> dict[int, list[str]]:
    """The addresses of each of these mails, in their order."""
    own = select(DeliveryRecipient).where(col(DeliveryRecipient.delivery_id).in_(delivery_ids))
    found: dict[int, list[str]] = {}
    for row in session.exec(own.order_by(col(DeliveryRecipient.position))):
        found.setdefault(row.delivery_id, []).append(row.address)
    return found


def missed(session: Session, mail: Delivery) -> list[DeliveryRecipient]:
    """Whom a mail that is over did not reach for certain; nobody before that."""
    if mail.id is None or mail.status not in OVER:
        return []
    return [row for row in recipients(session, mail.id) if row.outcome != "sent"]


def invoice_mails_since(session: Session, number: str, since: datetime) -> list[Delivery]:
    """The latest mails of this invoice queued or sent since then, newest first."""
    return _mails_since(session, Delivery.invoice_number == number, since)


def confirmations_since(session: Session, order_number: str, since: datetime) -> list[Delivery]:
    """The latest mails with this order's confirmation queued or sent since then, newest first."""
    return _mails_since(session, Delivery.order_number == order_number, since)


def _mails_since(session: Session, of_document: Any, since: datetime) -> list[Delivery]:
    own = select(Delivery).where(
        of_document,
        Delivery.created_at >= since,
        col(Delivery.purpose).in_(DOCUMENT_MAILS),
        Delivery.status != "cancelled",
    )
    latest = own.order_by(col(Delivery.created_at).desc(), col(Delivery.id).desc())
    return list(session.exec(latest.limit(_LATEST)))


def mails_of_order(
    session: Session, order_number: str, invoice_numbers: list[str], limit: int
) -> list[Delivery]:
    """The latest mails with the order's confirmation or one of these invoices, newest first."""
    # Not an empty list among the alternatives: SQLite would read the whole table for it.
    about = [col(Delivery.order_number) == order_number]
    about += [col(Delivery.invoice_number).in_(invoice_numbers)] if invoice_numbers else []
    own = select(Delivery).where(or_(*about), col(Delivery.purpose).in_(DOCUMENT_MAILS))
    newest = (col(Delivery.created_at).desc(), col(Delivery.id).desc())
    return list(session.exec(own.order_by(*newest).limit(limit)))


def mails_with_link(session: Session, link_id: str) -> list[Delivery]:
    """Every mail that carried the link, newest first."""
    own = select(Delivery).where(Delivery.link_id == link_id, Delivery.kind == "email")
    return list(session.exec(own.order_by(col(Delivery.id).desc())))


def mails_covering(session: Session, invoice_numbers: list[str]) -> list[Delivery]:
    """Mails of these invoices, and mails whose link covers one of them; oldest first."""
    through = select(PaymentLinkInvoice.link_id).where(
        col(PaymentLinkInvoice.invoice_number).in_(invoice_numbers)
    )
    covered = select(Delivery).where(
        Delivery.kind == "email",
        or_(col(Delivery.invoice_number).in_(invoice_numbers), col(Delivery.link_id).in_(through)),
    )
    return list(session.exec(covered.order_by(col(Delivery.id))))


def about(session: Session, delivery_id: int) -> list[Delivery]:
    """Slack posts about a mail: its card, then the edits and replies, in order."""
    own = select(Delivery).where(Delivery.about == delivery_id)
    return list(session.exec(own.order_by(col(Delivery.id))))
