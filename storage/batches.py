"""Batches: many mails that are sent together, watched and reported as one.

The mails are deliveries with the `batch_id`; whatever does not become a mail is a row of
`batch_skips`. How far a batch is gets counted, never stored.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Index, text, true, update
from sqlmodel import Field, Session, SQLModel, col, func, select

from storage import bulk
from storage.columns import STRICT, Flag, Json, Text, Utc, one_of, rule
from storage.customers import Customer
from storage.deliveries import Delivery, DeliveryRecipient, DeliveryStatus
from storage.payment_links import PaymentLink

BatchKind = Literal["bulk", "statements"]
# done: everything was sent; partial: something failed, was skipped or may not have arrived.
BatchStatus = Literal["waiting", "sending", "stopping", "stopped", "done", "partial"]
Ending = Literal["", "stopped", "undone"]  # what somebody did to it
Attention = Literal["none", "wanted"]
OPEN: tuple[BatchStatus, ...] = ("waiting", "sending", "stopping")

_WANTED = text("attention = 'wanted'")


class Batch(SQLModel, table=True):
    __tablename__ = "batches"
    __table_args__ = (
        one_of("kind", BatchKind),
        one_of("status", BatchStatus),
        one_of("ending", Ending),
        one_of("attention", Attention),
        rule("total_not_negative", "total >= 0"),
        Index(
            "ix_batches_wanted",
            "id",
            sqlite_where=_WANTED,
            postgresql_where=_WANTED,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    kind: BatchKind = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)  # whose mails they are: a bulk send, a period-end run
    title: str = Field(sa_type=Text)  # plain: "Payment links to 12 customers"
    total: int = 0  # mails, those skipped included
    sealed: bool = Field(default=False, sa_type=Flag)  # every mail is queued or skipped
    status: BatchStatus = Field(default="waiting", sa_type=Text)
    ending: Ending = Field(default="", sa_type=Text)
    ended_by: str = Field(default="", sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)  # where its message is
    leaves_at: datetime = Field(sa_type=Utc)  # held for Undo until then
    created_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)
    rounds: int = 0  # how often Retry was pressed
    # What its message says, and when that was put there (real clock).
    told: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    told_at: datetime | None = Field(default=None, sa_type=Utc)
    edits: int = 0
    attention: Attention = Field(default="wanted", sa_type=Text)  # something may have to be told


class BatchSkip(SQLModel, table=True):
    """What was not sent, and why: a whole mail, or one document of a mail that was."""

    __tablename__ = "batch_skips"
    __table_args__ = (STRICT,)

    batch_id: str = Field(primary_key=True, foreign_key="batches.id", sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)  # what makes it one skip: ids
    customer_id: str = Field(foreign_key="customers.id", sa_type=Text)
    subject: str = Field(default="", sa_type=Text)  # an invoice, or ""
    reason: str = Field(sa_type=Text)  # for staff, plain
    whole_mail: bool = Field(default=True, sa_type=Flag)


def find(session: Session, batch_id: str) -> Batch | None:
    return session.get(Batch, batch_id)


def lock(session: Session, batch_id: str) -> Batch | None:
    """The row, held until the unit of work ends; always after the customers."""
    held = select(Batch).where(Batch.id == batch_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def lock_alone(session: Session, batch_id: str) -> Batch | None:
    """The row, held against those who `touch` it too; None while one of them is at it."""
    held = select(Batch).where(Batch.id == batch_id).with_for_update(skip_locked=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def add(session: Session, batch: Batch) -> Batch:
    session.add(batch)
    session.flush()
    return batch


def wanted(session: Session) -> list[str]:
    """The ids of those about which something may have to be told."""
    return list(session.exec(select(Batch.id).where(_WANTED).order_by(Batch.id)))


def touch(session: Session, batch_ids: Iterable[str]) -> None:
    """Something about their mails changed: whoever tells of batches looks again.

    Held until the unit of work ends, together with others who touch them: who looked meanwhile
    would not see the change, and take away the mark that is there for it.
    """
    ids = sorted(set(batch_ids))
    if ids:
        held = select(Batch.id).where(col(Batch.id).in_(ids)).order_by(Batch.id)
        session.exec(held.with_for_update(read=True, key_share=True)).all()
    for batch_id in ids:
        own = (col(Batch.id) == batch_id) & (col(Batch.attention) == "none")
        session.connection().execute(update(Batch).where(own).values(attention="wanted"))


def count_mails(session: Session, batch_id: str) -> dict[str, int]:
    """How many of its mails are in each status of a delivery, by the index alone."""
    own = (
        select(Delivery.status, func.count())
        .where(Delivery.batch_id == batch_id)
        .group_by(Delivery.status)
    )
    return dict(session.exec(own).all())


def count_skipped(session: Session, batch_id: str) -> int:
    """Mails, not documents."""
    own = select(func.count()).where(
        BatchSkip.batch_id == batch_id, col(BatchSkip.whole_mail) == true()
    )
    return int(session.exec(own).one())


def skip(session: Session, rows: list[BatchSkip]) -> None:
    """Those with a key that is known stay as they are."""
    keys = [(row.batch_id, row.key) for row in rows]
    known = {
        (row.batch_id, row.key)
        for row in bulk.by_keys(session, BatchSkip, BatchSkip.key, (key for _, key in keys))
    }
    session.add_all(row for row in rows if (row.batch_id, row.key) not in known)
    session.flush()


def skips(session: Session, batch_id: str, limit: int) -> list[tuple[BatchSkip, str]]:
    """The first ones, each with its customer's name."""
    own = (
        select(BatchSkip, Customer.name)
        .join(Customer, col(Customer.id) == BatchSkip.customer_id)
        .where(BatchSkip.batch_id == batch_id)
    )
    ordered = own.order_by(col(Customer.name), BatchSkip.key)
    return [(row, name) for row, name in session.exec(ordered.limit(limit))]


def mails(
    session: Session, batch_id: str, *statuses: DeliveryStatus, limit: int
) -> list[tuple[Delivery, str]]:
    """The first mails in one of `statuses` (all, when none is named), with the customer's name."""
    own = (
        select(Delivery, Customer.name)
        .join(Customer, col(Customer.id) == Delivery.customer_id)
        .where(Delivery.batch_id == batch_id)
    )
    if statuses:
        own = own.where(col(Delivery.status).in_(statuses))
    rows = session.exec(own.order_by(col(Customer.name), col(Delivery.id)).limit(limit))
    return [(row, name) for row, name in rows]


def mails_after(
    session: Session, batch_id: str, after: int, limit: int
) -> list[tuple[Delivery, str]]:
    """The next mails behind the one with the id `after`, each with its customer's name."""
    own = (
        select(Delivery, Customer.name)
        .join(Customer, col(Customer.id) == Delivery.customer_id)
        .where(Delivery.batch_id == batch_id, col(Delivery.id) > after)
    )
    rows = session.exec(own.order_by(col(Delivery.id)).limit(limit))
    return [(row, name) for row, name in rows]


def sent_without_link(session: Session, batch_id: str, limit: int) -> list[tuple[Delivery, str]]:
    """The first ones, each with its customer's name."""
    own = (
        select(Delivery, Customer.name)
        .join(Customer, col(Customer.id) == Delivery.customer_id)
        .where(Delivery.batch_id == batch_id, Delivery.status == "sent")
        .where(col(Delivery.link_id).is_(None))
    )
    rows = session.exec(own.order_by(col(Customer.name), col(Delivery.id)).limit(limit))
    return [(row, name) for row, name in rows]


def cancel_untried(
    session: Session, batch_id: str, reason: str, at: datetime, *, limit: int
) -> int:
    """Cancel mails that no worker has begun with; how many. Those under way are left alone."""
    untried = (
        select(Delivery.id)
        .where(Delivery.batch_id == batch_id, Delivery.status == "queued", Delivery.attempts == 0)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    ids = list(session.exec(untried))
    for some in bulk.chunks(ids):
        own = update(Delivery).where(col(Delivery.id).in_(some))
        session.connection().execute(own.values(status="cancelled", error=reason, finished_at=at))
    return len(ids)


def queue_all(session: Session, rows: list[tuple[Delivery, list[str]]]) -> list[Delivery]:
    """Queue many at once, each once: rows in that order, those that are known as they are."""
    keys = [row.key for row, _ in rows]
    known = {row.key: row for row in bulk.by_keys(session, Delivery, Delivery.key, keys)}
    new = [(row, to) for row, to in rows if row.key not in known]
    session.add_all(row for row, _ in new)
    session.flush()
    session.add_all(
        DeliveryRecipient(delivery_id=row.id or 0, address=address, position=position)
        for row, to in new
        for position, address in enumerate(to)
    )
    session.flush()
    return [known.get(row.key, row) for row, _ in rows]


def queued_tried(session: Session, batch_id: str, limit: int) -> list[Delivery]:
    """Mails that wait to be tried again, held; those somebody else has hold of are left out."""
    own = select(Delivery).where(
        Delivery.batch_id == batch_id, Delivery.status == "queued", Delivery.attempts > 0
    )
    held = own.order_by(col(Delivery.id)).limit(limit)
    return list(session.exec(held.with_for_update(key_share=True, skip_locked=True)))


def of_customer(session: Session, batch_id: str, customer_id: str) -> list[Delivery]:
    """The customer's mails of the batch, held."""
    own = select(Delivery).where(Delivery.batch_id == batch_id, Delivery.customer_id == customer_id)
    held = own.order_by(col(Delivery.id)).with_for_update(key_share=True)
    return list(session.exec(held.execution_options(populate_existing=True)))


def customers_named(
    session: Session, batch_id: str, text: str, limit: int
) -> list[tuple[str, str]]:
    """Id and name of customers with a queued mail whose name holds `text`, by name."""
    like = func.lower(col(Customer.name)).contains(text.lower(), autoescape=True)
    own = (
        select(Customer.id, Customer.name)
        .join(Delivery, col(Delivery.customer_id) == Customer.id)
        .where(Delivery.batch_id == batch_id, Delivery.status == "queued", like)
        .distinct()
    )
    rows = session.exec(own.order_by(col(Customer.name), Customer.id).limit(limit))
    return [(customer_id, name) for customer_id, name in rows]


def was_begun(session: Session, batch_id: str) -> bool:
    """A worker has taken one of its mails."""
    own = select(Delivery.id).where(
        Delivery.batch_id == batch_id, col(Delivery.status).not_in(("queued", "cancelled"))
    )
    return session.exec(own.limit(1)).first() is not None


def requeue_failed(session: Session, batch_id: str) -> int:
    """As if they had never been tried, for whoever was not reached; how many mails there are."""
    failed = select(Delivery.id).where(Delivery.batch_id == batch_id, Delivery.status == "failed")
    missed = col(DeliveryRecipient.delivery_id).in_(failed) & (
        col(DeliveryRecipient.outcome) == "refused"
    )
    session.connection().execute(
        update(DeliveryRecipient).where(missed).values(outcome="pending", reply="")
    )
    own = (col(Delivery.batch_id) == batch_id) & (col(Delivery.status) == "failed")
    fresh: dict[str, Any] = {"status": "queued", "attempts": 0, "setbacks": 0}
    fresh |= dict.fromkeys(("first_tried_at", "retry_at", "finished_at", "error"))
    return session.connection().execute(update(Delivery).where(own).values(fresh)).rowcount


def turn_off_links(session: Session, link_ids: list[str], by: str, at: datetime) -> None:
    """End links that nobody has got: their mails were stopped."""
    for some in bulk.chunks(link_ids):
        _end(session, col(PaymentLink.id).in_(some), by, at)


def turn_off_links_of_cancelled(session: Session, batch_id: str, by: str, at: datetime) -> None:
    """The same for every mail of the batch that was cancelled, but never an invoice's own link."""
    cancelled = select(Delivery.link_id).where(
        Delivery.batch_id == batch_id, Delivery.status == "cancelled"
    )
    own = col(PaymentLink.id).in_(cancelled) & (col(PaymentLink.kind) != "invoice")
    _end(session, own, by, at)


def _end(session: Session, which: ColumnElement[bool], by: str, at: datetime) -> None:
    ended = update(PaymentLink).where(which, col(PaymentLink.state) == "active")
    session.connection().execute(ended.values(state="off", ended_by=by, ended_at=at))
