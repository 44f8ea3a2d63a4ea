"""The payments account as it was read, what moved on its balance, and the nightly comparison."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PROCESSING = sa.text("status = 'processing'")
_RUNNING = sa.text("status = 'running'")
_UNREAD = sa.text("NOT read_whole")


def upgrade() -> None:
    _gateway_account()
    _balance_movements()
    _payouts()
    _comparisons()
    op.create_index(
        "ix_payments_processing",
        "payments",
        ["expected_by"],
        unique=False,
        sqlite_where=_PROCESSING,
        postgresql_where=_PROCESSING,
    )
    lines: sa.Column[str] = sa.Column("lines", columns.Json(), nullable=False, server_default="{}")
    op.add_column("payment_reversals", lines)


def _gateway_account() -> None:
    op.create_table(
        "gateway_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", columns.Text(), nullable=False),
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("livemode", columns.Flag(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("methods", columns.Json(), nullable=False),
        sa.Column("requirements", columns.Json(), nullable=False),
        sa.Column("disabled_reason", columns.Text(), nullable=False),
        sa.Column("problem", columns.Text(), nullable=False),
        sa.Column("due_by", columns.Utc(), nullable=True),
        sa.Column("read_at", columns.Utc(), nullable=False),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_gateway_account_only_one")),
        sa.CheckConstraint(
            "status IN ('active', 'restricted')", name=op.f("ck_gateway_account_status_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_account")),
        sqlite_strict=True,
    )


def _balance_movements() -> None:
    op.create_table(
        "balance_movements",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("source_id", columns.Text(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("fee", columns.Minor(), nullable=False),
        sa.Column("net", columns.Minor(), nullable=False),
        sa.Column("payout_id", columns.Text(), nullable=False),
        sa.Column("made_at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('payment', 'refund', 'refund_failure', 'dispute', 'payout', 'other')",
            name=op.f("ck_balance_movements_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_movements")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_balance_movements_payment", "balance_movements", ["payment_id", "kind"], unique=False
    )
    for column in ("source_id", "payout_id"):
        name = op.f(f"ix_balance_movements_{column}")
        op.create_index(name, "balance_movements", [column], unique=False)


def _payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("arrives_on", columns.Day(), nullable=False),
        sa.Column("made_at", columns.Utc(), nullable=False),
        sa.Column("read_whole", columns.Flag(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_payouts_unread",
        "payouts",
        ["id"],
        unique=False,
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )


def _comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("day", columns.Day(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("since", columns.Utc(), nullable=False),
        sa.Column("until", columns.Utc(), nullable=False),
        sa.Column("stage", columns.Text(), nullable=False),
        sa.Column("cursor", columns.Text(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("error", columns.Text(), nullable=False),
        sa.Column("lease_token", columns.Text(), nullable=True),
        sa.Column("leased_until", columns.Utc(), nullable=True),
        sa.Column("started_at", columns.Utc(), nullable=False),
        sa.Column("finished_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'matched', 'differs', 'unfinished')",
            name=op.f("ck_comparisons_status_known"),
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_comparisons")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_comparisons_running",
        "comparisons",
        ["day"],
        unique=False,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_table(
        "comparison_differences",
        sa.Column("day", columns.Day(), nullable=False),
        sa.Column("object_id", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("what", columns.Text(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("ours", columns.Text(), nullable=False),
        sa.Column("theirs", columns.Text(), nullable=False),
        sa.Column("at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'amount', 'status', 'overdue')",
            name=op.f("ck_comparison_differences_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["day"], ["comparisons.day"], name=op.f("fk_comparison_differences_day")
        ),
        sa.PrimaryKeyConstraint(
            "day", "object_id", "kind", name=op.f("pk_comparison_differences")
        ),
        sqlite_strict=True,
    )
