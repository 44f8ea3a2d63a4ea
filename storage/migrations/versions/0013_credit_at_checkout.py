"""Credit that customers use on the pay page."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkout_attempt_credits",
        sa.Column("attempt_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_attempt_credits_amount_positive")),
        _points_to("checkout_attempt_credits", "attempt_id", "checkout_attempts.id"),
        _points_to("checkout_attempt_credits", "invoice_number", "invoices.number"),
        sa.PrimaryKeyConstraint(
            "attempt_id", "invoice_number", name=op.f("pk_checkout_attempt_credits")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_checkout_attempt_credits_invoice_number"),
        "checkout_attempt_credits",
        ["invoice_number"],
    )
    op.create_table(
        "credit_uses",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("link_id", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("attempt_id", columns.Text(), nullable=True),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("reference", columns.Text(), nullable=False),
        sa.Column("used_at", columns.Utc(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_uses_amount_positive")),
        _points_to("credit_uses", "link_id", "payment_links.id"),
        _points_to("credit_uses", "customer_id", "customers.id"),
        _points_to("credit_uses", "attempt_id", "checkout_attempts.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_uses")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_credit_uses_attempt_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_credit_uses_link_id"), "credit_uses", ["link_id"])
    op.create_table(
        "credit_use_lines",
        sa.Column("use_id", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("source", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('memo', 'payment')", name=op.f("ck_credit_use_lines_kind_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_use_lines_amount_positive")),
        _points_to("credit_use_lines", "use_id", "credit_uses.id"),
        _points_to("credit_use_lines", "invoice_number", "invoices.number"),
        sa.PrimaryKeyConstraint(
            "use_id", "kind", "source", "invoice_number", name=op.f("pk_credit_use_lines")
        ),
        sqlite_strict=True,
    )


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
