"""What somebody has ticked in Open Invoices: one selection per person, until it is sent.

The ticks are rows, so that thousands of them fit; a modal carries the id of its window alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Index, insert, literal, text
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage import bulk
from storage.approvals import Approval, ApprovalStatus
from storage.bulk_sends import BulkSend
from storage.columns import STRICT, Flag, Json, Text, Utc, rule

_OPEN = text("requested_at IS NULL")


class Selection(SQLModel, table=True):
    """`requested_at`: when it was submitted; its rows stay as they were then."""

    __tablename__ = "selections"
    __table_args__ = (
        Index(
            "uq_selections_open_owner",
            "owner",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_selections_requested", "owner", "requested_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)  # also of the bulk send it becomes
    owner: str = Field(sa_type=Text)  # a Slack id: nobody else may go on with it
    message: str = Field(default="", sa_type=Text)
    attach_pdfs: bool = Field(default=True, sa_type=Flag)
    changed_at: datetime = Field(sa_type=Utc, index=True)
    requested_at: datetime | None = Field(default=None, sa_type=Utc)


class SelectionInvoice(SQLModel, table=True):
    """A tick."""

    __tablename__ = "selection_invoices"
    __table_args__ = (STRICT,)

    selection_id: str = Field(
        primary_key=True, foreign_key="selections.id", ondelete="CASCADE", sa_type=Text
    )
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)


class SelectionRecipients(SQLModel, table=True):
    """Addresses for one mail as they were typed, mistakes included; no row: those on file."""

    __tablename__ = "selection_recipients"
    __table_args__ = (STRICT,)

    selection_id: str = Field(
        primary_key=True, foreign_key="selections.id", ondelete="CASCADE", sa_type=Text
    )
    customer_id: str = Field(primary_key=True, foreign_key="customers.id", sa_type=Text)
    currency: str = Field(primary_key=True, sa_type=Text)
    typed: str = Field(sa_type=Text)


class SelectionWindow(SQLModel, table=True):
    """One open modal: what it filters by, and what it last was told to show.

    `shown`: invoice numbers in the order of the page; `ticked`: those of them that are ticked on
    that screen; `version`: part of the names of its blocks, so that a screen that is older than
    the last one can be told.
    """

    __tablename__ = "selection_windows"
    __table_args__ = (rule("page_not_negative", "page >= 0"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    selection_id: str = Field(
        foreign_key="selections.id", ondelete="CASCADE", index=True, sa_type=Text
    )
    filters: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    page: int = 0
    version: int = 1
    shown: list[str] = Field(default_factory=list, sa_type=Json)
    ticked: list[str] = Field(default_factory=list, sa_type=Json)


class SentBack(NamedTuple):
    """A bulk send that came to nothing; `status` None: it was undone, and nobody had been asked."""

    selection_id: str
    status: ApprovalStatus | None
    decided_by: str | None
    reason: str | None


def open_of(session: Session, owner: str) -> Selection | None:
    """What the person ticked and has not sent."""
    own = select(Selection).where(Selection.owner == owner, _OPEN)
    return session.exec(own).first()


def sent_back(session: Session, owner: str) -> SentBack | None:
    """The person's newest bulk send of which nothing was sent, unless it was taken over."""
    columns: list[Any] = [Selection.id, Approval.status, Approval.decided_by, Approval.reason]
    found = (
        select(*columns)
        .join(BulkSend, col(BulkSend.id) == Selection.id)
        .outerjoin(Approval, col(Approval.id) == Selection.id)
        .where(
            Selection.owner == owner,
            col(Selection.requested_at).is_not(None),
            BulkSend.status == "closed",
        )
        .order_by(col(Selection.requested_at).desc(), Selection.id)
    )
    row = session.execute(found.limit(1)).first()
    return SentBack(*row) if row else None


def take_over(session: Session, old: Selection, new: Selection) -> None:
    """Put everything of `old` into `new`, which is empty, and forget the old one."""
    new.message, new.attach_pdfs = old.message, old.attach_pdfs
    session.add(new)
    session.flush()
    for model, names in (
        (SelectionInvoice, ("invoice_number",)),
        (SelectionRecipients, ("customer_id", "currency", "typed")),
    ):
        columns: list[Any] = [literal(new.id), *(getattr(model, name) for name in names)]
        rows = select(*columns).where(col(model.selection_id) == old.id)
        into = insert(model).from_select(["selection_id", *names], rows)
        session.connection().execute(into)
    session.delete(old)
    session.flush()


def window(session: Session, window_id: str) -> SelectionWindow | None:
    return session.get(SelectionWindow, window_id)


def lock(session: Session, selection_id: str) -> Selection | None:
    """The row, held until the unit of work ends: two windows of one person take turns."""
    held = select(Selection).where(Selection.id == selection_id).with_for_update()
    return session.exec(held.execution_options(populate_existing=True)).first()


def untick(session: Session, selection_id: str, numbers: Iterable[str]) -> None:
    own = SelectionInvoice.selection_id == selection_id
    bulk.delete_by_keys(session, SelectionInvoice, SelectionInvoice.invoice_number, numbers, own)


def clear(session: Session, selection_id: str) -> None:
    """Take every tick off; addresses that were typed go with them."""
    for model in (SelectionInvoice, SelectionRecipients):
        session.exec(delete(model).where(col(model.selection_id) == selection_id))


def recipients(session: Session, selection_id: str) -> dict[tuple[str, str], str]:
    """What was typed, by customer and currency; addresses on file: not there."""
    own = select(SelectionRecipients).where(SelectionRecipients.selection_id == selection_id)
    return {(row.customer_id, row.currency): row.typed for row in session.exec(own)}


def save_recipients(session: Session, row: SelectionRecipients) -> None:
    session.merge(row)
    session.flush()


def forget_before(session: Session, instant: datetime) -> None:
    """Those that nobody has touched since, sent or not."""
    session.exec(delete(Selection).where(col(Selection.changed_at) < instant))
