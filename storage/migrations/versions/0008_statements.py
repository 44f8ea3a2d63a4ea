"""Statements with their items, and on which day an invoice was voided or written off."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TYPES = "type IN ('open_items_unpaid', 'open_items_all', 'balance_forward')"
_SECTIONS = "section IN ('transaction', 'late', 'open')"
_KINDS = (
    "kind IN ('invoice', 'credit_memo', 'payment', 'refund', 'reversal', 'dispute', 'void',"
    " 'write_off', 'correction')"
)


def upgrade() -> None:
    op.add_column("invoices", sa.Column("ended_on", columns.Day(), nullable=True))
    _create_statements()
    _create_items()


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("type", columns.Text(), nullable=False),
        sa.Column("period_start", columns.Day(), nullable=False),
        sa.Column("period_end", columns.Day(), nullable=False),
        sa.Column("opening_balance", columns.Minor(), nullable=False),
        sa.Column("closing_balance", columns.Minor(), nullable=False),
        sa.Column("payable", columns.Minor(), nullable=False),
        sa.Column("made_at", columns.Utc(), nullable=False),
        sa.Column("schedule_id", columns.Text(), nullable=True),
        sa.Column("link_id", columns.Text(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", columns.Text(), nullable=True),
        sa.CheckConstraint(_TYPES, name=op.f("ck_statements_type_known")),
        sa.CheckConstraint(
            "period_start <= period_end", name=op.f("ck_statements_period_in_order")
        ),
        sa.CheckConstraint("payable >= 0", name=op.f("ck_statements_payable_not_negative")),
        _refers("customer_id", "customers.id"),
        _refers("link_id", "payment_links.id"),
        _refers("delivery_id", "deliveries.id"),
        _refers("previous_id", "statements.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_statements_delivery_id")),
        sa.UniqueConstraint("link_id", name=op.f("uq_statements_link_id")),
        sqlite_strict=True,
    )
    period = ["schedule_id", "customer_id", "period_start", "period_end", "currency"]
    op.create_index("uq_statements_period", "statements", period, unique=True)
    op.create_index(
        "ix_statements_account", "statements", ["customer_id", "currency", "period_end"]
    )


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_statements_{column}"))


def _create_items() -> None:
    op.create_table(
        "statement_items",
        sa.Column("statement_id", columns.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", columns.Text(), nullable=False),
        sa.Column("date", columns.Day(), nullable=False),
        sa.Column("due_date", columns.Day(), nullable=True),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("number", columns.Text(), nullable=False),
        sa.Column("po_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("open_amount", columns.Minor(), nullable=False),
        sa.Column("disputed", columns.Flag(), nullable=False),
        sa.CheckConstraint(_SECTIONS, name=op.f("ck_statement_items_section_known")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_statement_items_kind_known")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_items_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_items")),
        sqlite_strict=True,
    )
