"""What somebody ticks in Open Invoices: until it is sent, across pages, searches and days."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = sa.text("requested_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "selections",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("owner", columns.Text(), nullable=False),
        sa.Column("message", columns.Text(), nullable=False),
        sa.Column("attach_pdfs", columns.Flag(), nullable=False),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        sa.Column("requested_at", columns.Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_selections_open_owner",
        "selections",
        ["owner"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_selections_requested", "selections", ["owner", "requested_at"])
    op.create_index("ix_selections_changed_at", "selections", ["changed_at"])
    _create_invoices()
    _create_recipients()
    _create_windows()


def _create_invoices() -> None:
    op.create_table(
        "selection_invoices",
        sa.Column("selection_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        _of_selection("selection_invoices"),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_selection_invoices_invoice_number"),
        ),
        sa.PrimaryKeyConstraint(
            "selection_id", "invoice_number", name=op.f("pk_selection_invoices")
        ),
        sqlite_strict=True,
    )


def _create_recipients() -> None:
    op.create_table(
        "selection_recipients",
        sa.Column("selection_id", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("typed", columns.Text(), nullable=False),
        _of_selection("selection_recipients"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_selection_recipients_customer_id")
        ),
        sa.PrimaryKeyConstraint(
            "selection_id", "customer_id", "currency", name=op.f("pk_selection_recipients")
        ),
        sqlite_strict=True,
    )


def _create_windows() -> None:
    op.create_table(
        "selection_windows",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("selection_id", columns.Text(), nullable=False),
        sa.Column("filters", columns.Json(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", columns.Json(), nullable=False),
        sa.Column("ticked", columns.Json(), nullable=False),
        _of_selection("selection_windows"),
        sa.CheckConstraint("page >= 0", name=op.f("ck_selection_windows_page_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_windows")),
        sqlite_strict=True,
    )
    op.create_index("ix_selection_windows_selection_id", "selection_windows", ["selection_id"])


def _of_selection(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["selection_id"],
        ["selections.id"],
        name=op.f(f"fk_{table}_selection_id"),
        ondelete="CASCADE",
    )
