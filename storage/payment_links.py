"""Payment links: durable, without an amount, and with nothing usable stored.

The token is derived from the id, a salt and SECRET_KEY (commands.payment_link.token), so a worker
can write it again; looking one up needs only its hash, so a lost key breaks no link that is out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, Session, SQLModel, col, select

from storage import bulk
from storage.columns import STRICT, Text, Utc, one_of
from storage.invoices import Invoice, open_numbers

LinkKind = Literal["invoice", "statement", "bulk"]
# Whether a link is paid is never stored: it follows from its invoices.
LinkState = Literal["active", "off", "replaced"]

_ACTIVE = text("state = 'active'")


class PaymentLink(SQLModel, table=True):
    __tablename__ = "payment_links"
    __table_args__ = (
        one_of("kind", LinkKind),
        one_of("state", LinkState),
        # Colleagues share one link for a document, so that they cannot pay it twice. A second
        # one is made only when the key of the first is gone and its token cannot be written again.
        Index(
            "uq_payment_links_active_subject",
            "kind",
            "subject",
            "key_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    kind: LinkKind = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)  # the document: an invoice number, a period, a bulk send
    customer_id: str = Field(foreign_key="customers.id", index=True, sa_type=Text)
    currency: str = Field(sa_type=Text)
    state: LinkState = Field(default="active", sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(sa_type=Text)  # which SECRET_KEY derives the token
    token_sha256: bytes = Field(sa_type=LargeBinary, unique=True)
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Utc)
    ended_by: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class PaymentLinkInvoice(SQLModel, table=True):
    __tablename__ = "payment_link_invoices"
    __table_args__ = (Index("ix_payment_link_invoices_invoice", "invoice_number"), STRICT)

    link_id: str = Field(primary_key=True, foreign_key="payment_links.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)


def find(session: Session, link_id: str) -> PaymentLink | None:
    return session.get(PaymentLink, link_id)


def find_by_hash(session: Session, token_sha256: bytes) -> PaymentLink | None:
    return session.exec(select(PaymentLink).where(PaymentLink.token_sha256 == token_sha256)).first()


def active_for(
    session: Session, kind: LinkKind, subject: str, key_ids: list[str]
) -> PaymentLink | None:
    """The document's active link whose token can be written with one of these keys."""
    same = (PaymentLink.kind == kind, PaymentLink.subject == subject)
    usable = (PaymentLink.state == "active", col(PaymentLink.key_id).in_(key_ids))
    return session.exec(select(PaymentLink).where(*same, *usable)).first()


def active_for_all(
    session: Session, kind: LinkKind, subjects: Iterable[str], key_ids: list[str]
) -> dict[str, PaymentLink]:
    """The same for many documents, by subject; one that has none is not there."""
    found: dict[str, PaymentLink] = {}
    for some in bulk.chunks(sorted(set(subjects))):
        same = (PaymentLink.kind == kind, col(PaymentLink.subject).in_(some))
        usable = (PaymentLink.state == "active", col(PaymentLink.key_id).in_(key_ids))
        rows = session.exec(select(PaymentLink).where(*same, *usable))
        found |= {row.subject: row for row in rows}
    return found


def latest_of_invoice(session: Session, number: str) -> PaymentLink | None:
    """The last one that was made for this invoice alone, whatever became of it."""
    own = (
        select(PaymentLink)
        .join(PaymentLinkInvoice, col(PaymentLinkInvoice.link_id) == PaymentLink.id)
        .where(PaymentLinkInvoice.invoice_number == number, PaymentLink.kind == "invoice")
    )
    newest = (col(PaymentLink.created_at).desc(), col(PaymentLink.id).desc())
    return session.exec(own.order_by(*newest).limit(1)).first()


def add(session: Session, link: PaymentLink, invoice_numbers: list[str]) -> None:
    add_all(session, [(link, tuple(invoice_numbers))])


def add_all(session: Session, links: list[tuple[PaymentLink, tuple[str, ...]]]) -> None:
    """Links with the numbers of the invoices that each covers."""
    session.add_all(link for link, _ in links)
    session.flush()
    covered = [
        {"link_id": link.id, "invoice_number": number}
        for link, numbers in links
        for number in numbers
    ]
    bulk.insert(session, PaymentLinkInvoice, covered)


def invoices_of(session: Session, link_id: str) -> list[Invoice]:
    """The link's invoices, oldest due first."""
    covered = (
        select(Invoice)
        .join(PaymentLinkInvoice, col(PaymentLinkInvoice.invoice_number) == Invoice.number)
        .where(PaymentLinkInvoice.link_id == link_id)
    )
    return list(session.exec(covered.order_by(col(Invoice.due_date), Invoice.number)))


def states_by_invoice(session: Session, numbers: list[str]) -> dict[str, set[str]]:
    """The states of all links, of any kind, over each of these invoices; no link: not there."""
    covering = (
        select(PaymentLinkInvoice.invoice_number, PaymentLink.state)
        .join(PaymentLink, col(PaymentLink.id) == PaymentLinkInvoice.link_id)
        .where(col(PaymentLinkInvoice.invoice_number).in_(numbers))
    )
    found: dict[str, set[str]] = {}
    for number, state in session.exec(covering):
        found.setdefault(number, set()).add(state)
    return found


def open_of_customer(session: Session, customer_id: str) -> list[PaymentLink]:
    """Links through which something of the customer's could be paid now, oldest first."""
    covering = select(PaymentLinkInvoice.link_id).where(
        col(PaymentLinkInvoice.invoice_number).in_(open_numbers(customer_id))
    )
    usable = select(PaymentLink).where(
        col(PaymentLink.id).in_(covering), PaymentLink.state == "active"
    )
    return list(session.exec(usable.order_by(col(PaymentLink.created_at), PaymentLink.id)))


def active_covering(session: Session, invoice_number: str) -> list[PaymentLink]:
    """Links that can be used and cover the invoice, newest first."""
    own = (
        select(PaymentLink)
        .join(PaymentLinkInvoice, col(PaymentLinkInvoice.link_id) == PaymentLink.id)
        .where(PaymentLinkInvoice.invoice_number == invoice_number, PaymentLink.state == "active")
    )
    return list(session.exec(own.order_by(col(PaymentLink.created_at).desc(), PaymentLink.id)))
