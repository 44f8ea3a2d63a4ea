"""Balances by age that are kept, and the open invoices in the orders they are searched in."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OPEN = sa.text("lifecycle = 'issued' AND total <> allocated")
_ENDED, _NEVER = "'0001-01-01'", "'9999-12-31'"
_AMOUNTS = ("not_due", "late_1_30", "late_31_60", "late_61_90", "late_over_90")
# What a balance is made of: whoever changes anything else ends none.
_WATCHED = {
    "invoices": ("customer_id", "currency", "due_date", "total", "allocated", "lifecycle"),
    "payments": (
        "customer_id",
        "currency",
        "amount",
        "allocated",
        "refunded",
        "disputed",
        "status",
    ),
}


def upgrade() -> None:
    op.create_table(
        "kept_balances",
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("aged_from", columns.Day(), nullable=False, server_default=sa.text(_ENDED)),
        sa.Column("aged_until", columns.Day(), nullable=False, server_default=sa.text(_ENDED)),
        sa.Column("oldest_due", columns.Day(), nullable=False, server_default=sa.text(_NEVER)),
        sa.Column("invoices", sa.Integer(), nullable=False, server_default=sa.text("0")),
        *(_amount(name) for name in (*_AMOUNTS, "memos", "unapplied")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_kept_balances_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", "currency", name=op.f("pk_kept_balances")),
        sqlite_strict=True,
    )
    _fill()
    _indexes()
    for table, watched in _WATCHED.items():
        if op.get_bind().dialect.name == "sqlite":
            _sqlite_triggers(table, watched)
        else:
            _postgresql_trigger(table, watched)


def _amount(name: str) -> "sa.Column[int]":
    return sa.Column(name, columns.Minor(), nullable=False, server_default=sa.text("0"))


def _fill() -> None:
    """A row for each customer and currency there is; all of them are to be computed."""
    op.execute(
        "INSERT INTO kept_balances (customer_id, currency)"
        " SELECT customer_id, currency FROM invoices UNION"
        " SELECT customer_id, currency FROM payments WHERE customer_id IS NOT NULL"
    )


def _indexes() -> None:
    covered = ["total", "allocated", "lifecycle"]
    for name, order in (
        ("ix_invoices_open_sums", ["customer_id", "currency", "due_date", "number"]),
        ("ix_invoices_open_by_due", ["due_date", "number", "customer_id", "currency"]),
    ):
        op.create_index(
            name, "invoices", order + covered, sqlite_where=_OPEN, postgresql_where=_OPEN
        )
    oldest = ["oldest_due", "customer_id", "currency"]
    op.create_index("ix_kept_balances_oldest", "kept_balances", oldest)
    op.create_index("ix_kept_balances_aged_from", "kept_balances", ["aged_from"])
    op.create_index("ix_kept_balances_aged_until", "kept_balances", ["aged_until"])
    op.create_index(op.f("ix_customers_sales_rep"), "customers", ["sales_rep"])
    op.create_index(op.f("ix_customers_group"), "customers", ["group"])


def _end(row: str) -> str:
    """SQL that ends the balance of a trigger's NEW or OLD row; it holds the row meanwhile."""
    return (
        "INSERT INTO kept_balances (customer_id, currency)"
        f" SELECT {row}.customer_id, {row}.currency WHERE {row}.customer_id IS NOT NULL"
        f" ON CONFLICT (customer_id, currency) DO UPDATE SET aged_until = {_ENDED}"
        f" WHERE kept_balances.aged_until <> {_ENDED};"
    )


def _sqlite_triggers(table: str, watched: tuple[str, ...]) -> None:
    for event, rows in (
        ("INSERT", ("NEW",)),
        (f"UPDATE OF {', '.join(watched)}", ("OLD", "NEW")),
        ("DELETE", ("OLD",)),
    ):
        verb = event.split(maxsplit=1)[0].lower()
        body = " ".join(_end(row) for row in rows)
        op.execute(
            f"CREATE TRIGGER {table}_end_balance_{verb} AFTER {event} ON {table} BEGIN {body} END"
        )


def _postgresql_trigger(table: str, watched: tuple[str, ...]) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_end_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {_end('OLD')} END IF;"
        f" IF TG_OP <> 'DELETE' THEN {_end('NEW')} END IF;"
        " RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_end_balance"
        f" AFTER INSERT OR DELETE OR UPDATE OF {', '.join(watched)} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_end_balance()"
    )
