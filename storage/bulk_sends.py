"""Bulk sends: payment links for many customers, exactly as they were asked for.

What is here is what a person reviewed; the ledger is read again before anything leaves.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, and_, case, text, true
from sqlmodel import Field, Session, SQLModel, col, func, select

from storage import bulk
from storage.columns import STRICT, Flag, Json, Minor, Text, Utc, one_of, rule
from storage.customers import Customer
from storage.invoices import Invoice
from storage.payment_links import PaymentLinkInvoice

# asked: waits for a decision; preparing: its mails are to be queued; sealed: they are;
# closed: nothing of it is sent.
BulkStatus = Literal["asked", "preparing", "sealed", "closed"]
MailState = Literal["waiting", "queued", "skipped"]

_PREPARING = text("status = 'preparing'")
_WAITING = text("state = 'waiting'")


class BulkSend(SQLModel, table=True):
    __tablename__ = "bulk_sends"
    __table_args__ = (
        one_of("status", BulkStatus),
        rule("counts_positive", "customers > 0 AND mails > 0 AND invoices > 0"),
        Index("ix_bulk_sends_person", "requested_by", "created_at"),
        Index(
            "ix_bulk_sends_preparing",
            "id",
            sqlite_where=_PREPARING,
            postgresql_where=_PREPARING,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)  # also of its approval and of its batch
    requested_by: str = Field(sa_type=Text)
    approved_by: str = Field(default="", sa_type=Text)
    message: str = Field(default="", sa_type=Text)
    attach_pdfs: bool = Field(default=True, sa_type=Flag)
    status: BulkStatus = Field(sa_type=Text)
    customers: int
    mails: int
    invoices: int
    totals: dict[str, int] = Field(sa_type=Json)  # minor units by currency
    # Minor units of the default currency, for the limit of 24 hours.
    counted: int = Field(default=0, sa_type=Minor)
    created_at: datetime = Field(sa_type=Utc)


class BulkSendMail(SQLModel, table=True):
    """One mail: a customer's invoices in one currency."""

    __tablename__ = "bulk_send_mails"
    __table_args__ = (
        one_of("state", MailState),
        Index(
            "uq_bulk_send_mails_customer",
            "bulk_send_id",
            "customer_id",
            "currency",
            unique=True,
        ),
        Index(
            "ix_bulk_send_mails_waiting",
            "bulk_send_id",
            "position",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        STRICT,
    )

    bulk_send_id: str = Field(primary_key=True, foreign_key="bulk_sends.id", sa_type=Text)
    position: int = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", sa_type=Text)
    currency: str = Field(sa_type=Text)
    recipients: list[str] = Field(sa_type=Json)
    # Those that were not on file when it was asked for: the others have to be still.
    new_addresses: list[str] = Field(default_factory=list, sa_type=Json)
    state: MailState = Field(default="waiting", sa_type=Text)
    link_id: str | None = Field(default=None, foreign_key="payment_links.id", sa_type=Text)
    delivery_id: int | None = Field(default=None, foreign_key="deliveries.id")


class BulkSendInvoice(SQLModel, table=True):
    __tablename__ = "bulk_send_invoices"
    __table_args__ = (
        rule("balance_positive", "balance > 0"),
        Index("ix_bulk_send_invoices_mail", "bulk_send_id", "position"),
        STRICT,
    )

    bulk_send_id: str = Field(primary_key=True, foreign_key="bulk_sends.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    position: int  # of its mail
    balance: int = Field(sa_type=Minor)  # what was agreed to ask for: never more is


# What was agreed beside what is, by the position of the mail.
ByMail = dict[int, list[tuple[BulkSendInvoice, Invoice]]]


def find(session: Session, bulk_send_id: str) -> BulkSend | None:
    return session.get(BulkSend, bulk_send_id)


def lock(session: Session, bulk_send_id: str) -> BulkSend | None:
    """The row, held until the unit of work ends; always after the customers."""
    held = select(BulkSend).where(BulkSend.id == bulk_send_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def add(
    session: Session, row: BulkSend, mails: list[dict[str, Any]], invoices: list[dict[str, Any]]
) -> BulkSend:
    """Plain rows with every column of their models."""
    session.add(row)
    session.flush()
    bulk.insert(session, BulkSendMail, mails)
    bulk.insert(session, BulkSendInvoice, invoices)
    return row


def counted_since(session: Session, person_id: str, since: datetime) -> int:
    """Minor units of the default currency that the person asked for, without what was closed."""
    own = select(func.coalesce(func.sum(BulkSend.counted), 0)).where(
        BulkSend.requested_by == person_id,
        BulkSend.created_at > since,
        BulkSend.status != "closed",
    )
    return int(session.exec(own).one())


def preparing(session: Session) -> list[str]:
    """The ids of those whose mails are to be queued."""
    own = select(BulkSend.id).where(_PREPARING)
    return list(session.exec(own.order_by(BulkSend.id)))


def waiting_mails(session: Session, bulk_send_id: str, limit: int) -> list[BulkSendMail]:
    own = select(BulkSendMail).where(_WAITING, BulkSendMail.bulk_send_id == bulk_send_id)
    return list(session.exec(own.order_by(col(BulkSendMail.position)).limit(limit)))


def mails(
    session: Session, bulk_send_id: str, *, limit: int, offset: int = 0
) -> list[BulkSendMail]:
    """In the order in which they were reviewed."""
    own = select(BulkSendMail).where(BulkSendMail.bulk_send_id == bulk_send_id)
    ordered = own.order_by(col(BulkSendMail.position)).limit(limit).offset(offset)
    return list(session.exec(ordered))


def mail_to(
    session: Session, bulk_send_id: str, customer_id: str, currency: str
) -> BulkSendMail | None:
    own = select(BulkSendMail).where(
        BulkSendMail.bulk_send_id == bulk_send_id,
        BulkSendMail.customer_id == customer_id,
        BulkSendMail.currency == currency,
    )
    return session.exec(own).first()


def invoices_of(session: Session, bulk_send_id: str, positions: list[int]) -> ByMail:
    """Of each of these mails, the oldest due first."""
    own = (
        select(BulkSendInvoice, Invoice)
        .join(Invoice, col(Invoice.number) == BulkSendInvoice.invoice_number)
        .where(
            BulkSendInvoice.bulk_send_id == bulk_send_id,
            col(BulkSendInvoice.position).in_(positions),
        )
        .order_by(col(Invoice.due_date), Invoice.number)
    )
    found: ByMail = {}
    for agreed, invoice in session.exec(own):
        found.setdefault(agreed.position, []).append((agreed, invoice))
    return found


def grown(session: Session, bulk_send_id: str) -> list[tuple[BulkSendInvoice, Invoice]]:
    """Those that ask for more than was agreed."""
    own = (
        select(BulkSendInvoice, Invoice)
        .join(Invoice, col(Invoice.number) == BulkSendInvoice.invoice_number)
        .where(
            BulkSendInvoice.bulk_send_id == bulk_send_id,
            Invoice.lifecycle == "issued",
            col(Invoice.total) - col(Invoice.allocated) > col(BulkSendInvoice.balance),
        )
    )
    return [(a, i) for a, i in session.exec(own.order_by(BulkSendInvoice.invoice_number))]


def anything_open(session: Session, bulk_send_id: str) -> bool:
    """Something of it is still to pay by a customer whose payment links are on."""
    own = (
        select(BulkSendInvoice.invoice_number)
        .join(Invoice, col(Invoice.number) == BulkSendInvoice.invoice_number)
        .join(Customer, col(Customer.id) == Invoice.customer_id)
        .where(
            BulkSendInvoice.bulk_send_id == bulk_send_id,
            Invoice.lifecycle == "issued",
            col(Invoice.total) > col(Invoice.allocated),
            col(Customer.payment_links_enabled) == true(),
        )
    )
    return session.exec(own.limit(1)).first() is not None


def asked_by_mail(session: Session, bulk_send_id: str) -> dict[str, tuple[int, int]]:
    """What its mails asked for and what of that was settled since, in minor units by currency.

    What was left out of a mail is not on its link, and counts for neither.
    """
    now = col(Invoice.total) - col(Invoice.allocated)
    settled = and_(col(Invoice.lifecycle) == "issued", now < col(BulkSendInvoice.balance))
    less = case((settled, col(BulkSendInvoice.balance) - now), else_=0)
    own = (
        select(Invoice.currency, func.sum(BulkSendInvoice.balance), func.sum(less))
        .join(BulkSendInvoice, col(BulkSendInvoice.invoice_number) == Invoice.number)
        .join(
            BulkSendMail,
            (col(BulkSendMail.bulk_send_id) == BulkSendInvoice.bulk_send_id)
            & (col(BulkSendMail.position) == BulkSendInvoice.position),
        )
        .join(
            PaymentLinkInvoice,
            (col(PaymentLinkInvoice.link_id) == BulkSendMail.link_id)
            & (col(PaymentLinkInvoice.invoice_number) == Invoice.number),
        )
        .where(BulkSendInvoice.bulk_send_id == bulk_send_id, BulkSendMail.state == "queued")
        .group_by(Invoice.currency)
    )
    return {currency: (int(asked), int(less)) for currency, asked, less in session.exec(own)}


def close(session: Session, bulk_send_id: str) -> None:
    """Nothing of it is sent, so that it counts for no limit."""
    row = lock(session, bulk_send_id)
    if row is not None:
        row.status = "closed"
        session.add(row)
