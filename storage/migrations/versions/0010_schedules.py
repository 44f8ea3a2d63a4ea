"""Schedules of period-end statements, and the periods that were begun."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state = 'active'")
_UNFINISHED = sa.text("state = 'running'")


def upgrade() -> None:
    _schedules()
    _runs()


def _schedules() -> None:
    op.create_table(
        "schedules",
        _text("id"),
        _text("cadence"),
        _text("customer_group"),
        _text("audience"),
        _text("type"),
        sa.Column("with_link", columns.Flag(), nullable=False),
        sa.Column("starts_on", columns.Day(), nullable=False),
        _text("state"),
        sa.Column("edited", columns.Flag(), nullable=False),
        _text("changed_by"),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        _one_of("schedules", "cadence", "weekly", "semimonthly", "monthly"),
        _one_of("schedules", "audience", "with_balance", "with_activity", "all"),
        _one_of(
            "schedules", "type", "open_items_unpaid", "open_items_all", "balance_forward"
        ),
        _one_of("schedules", "state", "active", "paused"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_schedules_group",
        "schedules",
        ["customer_group"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def _runs() -> None:
    op.create_table(
        "schedule_runs",
        _text("schedule_id"),
        sa.Column("period_end", columns.Day(), nullable=False),
        sa.Column("period_start", columns.Day(), nullable=False),
        _text("state"),
        sa.Column("batch_id", columns.Text(), nullable=True),
        _text("cursor"),
        sa.Column("begun_at", columns.Utc(), nullable=True),
        sa.Column("finished_at", columns.Utc(), nullable=True),
        _one_of("schedule_runs", "state", "announced", "running", "done", "stopped"),
        sa.CheckConstraint(
            "period_start <= period_end", name=op.f("ck_schedule_runs_period_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_runs_schedule_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_schedule_runs_batch_id")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "period_end", name=op.f("pk_schedule_runs")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_schedule_runs_unfinished",
        "schedule_runs",
        ["period_end"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
    op.create_index("uq_schedule_runs_batch", "schedule_runs", ["batch_id"], unique=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, columns.Text(), nullable=False)


def _one_of(table: str, column: str, *known: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in known)
    return sa.CheckConstraint(
        f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_known")
    )
