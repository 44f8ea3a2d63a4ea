"""Refunds, disputes, and what one person asks and another decides."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("requested_by", columns.Text(), nullable=False),
        sa.Column("decided_by", columns.Text(), nullable=True),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("totals", columns.Json(), nullable=False),
        sa.Column("content", columns.Json(), nullable=False),
        sa.Column("content_hash", columns.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("expires_at", columns.Utc(), nullable=False),
        sa.Column("decided_at", columns.Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('bulk', 'refund')", name=op.f("ck_approvals_kind_known")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'rejected', 'expired', 'withdrawn', 'sending', 'recalled', 'done', 'partial', 'stopped')",
            name=op.f("ck_approvals_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'rejected') OR decided_by <> ''",
            name=op.f("ck_approvals_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "customers >= 0 AND invoices >= 0", name=op.f("ck_approvals_counts_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_approvals_pending",
        "approvals",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_approvals_requested_by"), "approvals", ["requested_by"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("due_by", columns.Utc(), nullable=True),
        sa.Column("withdrawn", columns.Minor(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("taken_by", columns.Text(), nullable=True),
        sa.Column("taken_at", columns.Utc(), nullable=True),
        sa.Column("opened_at", columns.Utc(), nullable=False),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "status IN ('warning_needs_response', 'warning_under_review', 'needs_response', 'under_review', 'warning_closed', 'prevented', 'won', 'lost')",
            name=op.f("ck_disputes_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disputes_amount_positive")),
        sa.CheckConstraint("withdrawn >= 0", name=op.f("ck_disputes_withdrawn_not_negative")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_disputes_open",
        "disputes",
        ["payment_id"],
        unique=False,
        sqlite_where=sa.text("status NOT IN ('warning_closed', 'prevented', 'won', 'lost')"),
        postgresql_where=sa.text("status NOT IN ('warning_closed', 'prevented', 'won', 'lost')"),
    )
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("failure", columns.Text(), nullable=False),
        sa.Column("requested_by", columns.Text(), nullable=False),
        sa.Column("approved_by", columns.Text(), nullable=False),
        sa.Column("note", columns.Text(), nullable=False),
        sa.Column("chosen", columns.Json(), nullable=False),
        sa.Column("made_at", columns.Utc(), nullable=False),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_refunds_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"], unique=False)
    op.create_table(
        "dispute_lines",
        sa.Column("dispute_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dispute_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_lines_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_number"], ["invoices.number"], name=op.f("fk_dispute_lines_invoice_number")
        ),
        sa.PrimaryKeyConstraint("dispute_id", "invoice_number", name=op.f("pk_dispute_lines")),
        sqlite_strict=True,
    )
    op.create_index("ix_dispute_lines_invoice", "dispute_lines", ["invoice_number"], unique=False)
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_number"], ["invoices.number"], name=op.f("fk_refund_lines_invoice_number")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id")
        ),
        sa.PrimaryKeyConstraint("refund_id", "invoice_number", name=op.f("pk_refund_lines")),
        sqlite_strict=True,
    )
    op.create_index("ix_refund_lines_invoice", "refund_lines", ["invoice_number"], unique=False)
    op.create_table(
        "refund_orders",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("note", columns.Text(), nullable=False),
        sa.Column("shares", columns.Json(), nullable=False),
        sa.Column("requested_by", columns.Text(), nullable=False),
        sa.Column("approval_id", columns.Text(), nullable=True),
        sa.Column("approved_by", columns.Text(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", columns.Text(), nullable=True),
        sa.Column("leased_until", columns.Utc(), nullable=True),
        sa.Column("retry_at", columns.Utc(), nullable=True),
        sa.Column("first_tried_at", columns.Utc(), nullable=True),
        sa.Column("error", columns.Text(), nullable=False),
        sa.Column("refund_id", columns.Text(), nullable=True),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("finished_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('requested_by_customer', 'duplicate', 'fraudulent')",
            name=op.f("ck_refund_orders_reason_known"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'done', 'refused', 'unknown')",
            name=op.f("ck_refund_orders_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_orders_amount_positive")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_refund_orders_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refund_orders_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_orders_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_orders")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_refund_orders_approval_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_refund_orders_refund_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_refund_orders_payment_id"), "refund_orders", ["payment_id"], unique=False
    )
    op.create_index(
        "ix_refund_orders_queued",
        "refund_orders",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
