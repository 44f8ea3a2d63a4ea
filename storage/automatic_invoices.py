"""Invoice versions that an import brought and that are to be mailed by themselves, once each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from storage import bulk
from storage.columns import STRICT, Text, Utc, one_of, rule
from storage.customers import Customer
from storage.deliveries import UNFINISHED, Delivery
from storage.import_runs import ImportRun
from storage.invoices import Invoice, Lifecycle

AutomaticState = Literal["waiting", "queued", "skipped"]

_WAITING = text("state = 'waiting'")


class AutomaticInvoice(SQLModel, table=True):
    __tablename__ = "automatic_invoices"
    __table_args__ = (
        one_of("state", AutomaticState),
        rule("queued_has_a_mail", "state <> 'queued' OR delivery_id IS NOT NULL"),
        Index(
            "ix_automatic_invoices_waiting",
            "run_id",
            "invoice_number",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_automatic_invoices_run", "run_id", "invoice_number"),
        Index("ix_automatic_invoices_delivery", "delivery_id"),
        STRICT,
    )

    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    version: int = Field(primary_key=True)
    run_id: int = Field(foreign_key="import_runs.id")
    # In force at the import: nothing that was prepared for a trial goes out after it.
    mail_mode: str = Field(sa_type=Text)
    state: AutomaticState = Field(default="waiting", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)  # why it is not mailed, or not to all
    delivery_id: int | None = Field(default=None, foreign_key="deliveries.id")
    decided_at: datetime | None = Field(default=None, sa_type=Utc)


def add_all(session: Session, rows: list[dict[str, Any]]) -> None:
    """Plain rows with every column of the model."""
    bulk.insert(session, AutomaticInvoice, rows)


class Candidate(NamedTuple):
    """What decides whether an invoice is to be mailed by itself."""

    number: str
    version: int
    lifecycle: Lifecycle
    total: int  # minor units
    wanted: bool  # its customer gets automatic invoices


def candidates(session: Session, numbers: list[str]) -> Iterator[Candidate]:
    columns = (Invoice.number, Invoice.version, Invoice.lifecycle, Invoice.total)
    for batch in bulk.chunks(numbers):
        own = select(*columns, Customer.auto_invoice).join(Customer)  # type: ignore[call-overload]  # five columns are one more than it knows
        for row in session.exec(own.where(col(Invoice.number).in_(batch))):
            yield Candidate(*row)


def next_waiting(session: Session) -> AutomaticInvoice | None:
    own = select(AutomaticInvoice).where(_WAITING)
    ordered = own.order_by(col(AutomaticInvoice.run_id), AutomaticInvoice.invoice_number)
    return session.exec(ordered.limit(1)).first()


def lock(session: Session, number: str, version: int) -> AutomaticInvoice | None:
    own = select(AutomaticInvoice).where(
        AutomaticInvoice.invoice_number == number, AutomaticInvoice.version == version
    )
    held = own.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.exec(held).first()


def of_run(session: Session, run_id: int) -> list[tuple[AutomaticInvoice, Delivery | None]]:
    """Every one of an import with its mail, by number."""
    own = (
        select(AutomaticInvoice, Delivery)
        .join(Delivery, col(Delivery.id) == AutomaticInvoice.delivery_id, isouter=True)
        .where(AutomaticInvoice.run_id == run_id)
    )
    return list(session.exec(own.order_by(AutomaticInvoice.invoice_number)))


def anything_waiting(session: Session, run_id: int) -> bool:
    own = select(AutomaticInvoice.invoice_number).where(_WAITING, AutomaticInvoice.run_id == run_id)
    return session.exec(own.limit(1)).first() is not None


def anything_under_way(session: Session, run_id: int) -> bool:
    """A mail of the run is still queued or being sent."""
    own = (
        select(Delivery.id)
        .join(AutomaticInvoice, col(AutomaticInvoice.delivery_id) == Delivery.id)
        .where(AutomaticInvoice.run_id == run_id, col(Delivery.status).in_(UNFINISHED))
    )
    return session.exec(own.limit(1)).first() is not None


def report_is_to_come(session: Session, delivery_id: int) -> bool:
    """The mail is one of a run whose report has not been queued."""
    own = (
        select(ImportRun.id)
        .join(AutomaticInvoice, col(AutomaticInvoice.run_id) == ImportRun.id)
        .where(AutomaticInvoice.delivery_id == delivery_id, ImportRun.report == "pending")
    )
    return session.exec(own.limit(1)).first() is not None
