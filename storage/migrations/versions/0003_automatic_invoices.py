"""Imports that were tried, and the invoices of each that are mailed by themselves."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PENDING = sa.text("report = 'pending'")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", columns.Utc(), nullable=False),
        sa.Column("source", columns.Text(), nullable=False),
        sa.Column("files", columns.Json(), nullable=False),
        sa.Column("marks", columns.Json(), nullable=False),
        sa.Column("place", columns.Text(), nullable=False),
        sa.Column("applied", columns.Flag(), nullable=False),
        sa.Column("counts", columns.Json(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refusals", columns.Json(), nullable=False),
        sa.Column("report", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "report IN ('none', 'pending', 'queued')", name=op.f("ck_import_runs_report_known")
        ),
        sa.CheckConstraint(
            "source IN ('command', 'folder')", name=op.f("ck_import_runs_source_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_runs_source", "import_runs", ["source", "id"])
    op.create_index("ix_import_runs_applied", "import_runs", ["applied", "at"])
    op.create_index(
        "ix_import_runs_pending",
        "import_runs",
        ["id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_table(
        "automatic_invoices",
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("mail_mode", columns.Text(), nullable=False),
        sa.Column("state", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'queued', 'skipped')",
            name=op.f("ck_automatic_invoices_state_known"),
        ),
        sa.CheckConstraint(
            "state <> 'queued' OR delivery_id IS NOT NULL",
            name=op.f("ck_automatic_invoices_queued_has_a_mail"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_automatic_invoices_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_automatic_invoices_invoice_number"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_automatic_invoices_run_id")
        ),
        sa.PrimaryKeyConstraint("invoice_number", "version", name=op.f("pk_automatic_invoices")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_automatic_invoices_waiting",
        "automatic_invoices",
        ["run_id", "invoice_number"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index(
        "ix_automatic_invoices_run", "automatic_invoices", ["run_id", "invoice_number"]
    )
    op.create_index("ix_automatic_invoices_delivery", "automatic_invoices", ["delivery_id"])
