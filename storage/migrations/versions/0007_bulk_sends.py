"""Mails that are sent together, sends of payment links to many customers, and reminders."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WANTED = sa.text("attention = 'wanted'")
_PREPARING = sa.text("status = 'preparing'")
_WAITING = sa.text("state = 'waiting'")
_OF_A_BATCH = sa.text("batch_id IS NOT NULL")
_ALONE = sa.text("status IN ('queued', 'sending') AND batch_id IS NULL")


def upgrade() -> None:
    _make_batches()
    _let_mails_belong_to_a_batch()
    _make_bulk_sends()
    _make_bulk_send_mails()
    _make_bulk_send_invoices()
    op.add_column("approvals", sa.Column("reminded_at", columns.Utc(), nullable=True))


def _make_batches() -> None:
    op.create_table(
        "batches",
        _text("id"),
        _text("kind"),
        _text("subject"),
        _text("title"),
        _count("total"),
        sa.Column("sealed", columns.Flag(), nullable=False),
        _text("status"),
        _text("ending"),
        _text("ended_by"),
        _text("requested_by"),
        _text("channel"),
        sa.Column("leaves_at", columns.Utc(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("finished_at", columns.Utc(), nullable=True),
        _count("rounds"),
        sa.Column("told", columns.Json(), nullable=False),
        sa.Column("told_at", columns.Utc(), nullable=True),
        _count("edits"),
        _text("attention"),
        _known("batches", "kind", "bulk", "statements"),
        _known(
            "batches", "status", "waiting", "sending", "stopping", "stopped", "done", "partial"
        ),
        _known("batches", "ending", "", "stopped", "undone"),
        _known("batches", "attention", "none", "wanted"),
        _rule("batches", "total_not_negative", "total >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sqlite_strict=True,
    )
    _index("ix_batches_wanted", "batches", ["id"], _WANTED)
    op.create_table(
        "batch_skips",
        _text("batch_id"),
        _text("key"),
        _text("customer_id"),
        _text("subject"),
        _text("reason"),
        sa.Column("whole_mail", columns.Flag(), nullable=False),
        _key("batch_skips", "batch_id", "batches.id"),
        _key("batch_skips", "customer_id", "customers.id"),
        sa.PrimaryKeyConstraint("batch_id", "key", name=op.f("pk_batch_skips")),
        sqlite_strict=True,
    )


def _let_mails_belong_to_a_batch() -> None:
    name = "fk_deliveries_batch_id"
    if op.get_bind().dialect.name == "sqlite":  # a foreign key only together with its column
        op.execute(
            "ALTER TABLE deliveries ADD COLUMN batch_id TEXT"
            f" CONSTRAINT {name} REFERENCES batches (id)"
        )
    else:
        op.add_column("deliveries", sa.Column("batch_id", columns.Text(), nullable=True))
        op.create_foreign_key(name, "deliveries", "batches", ["batch_id"], ["id"])
    _index("ix_deliveries_batch", "deliveries", ["batch_id", "status"], _OF_A_BATCH)
    _index("ix_deliveries_due_alone", "deliveries", ["not_before"], _ALONE)


def _make_bulk_sends() -> None:
    op.create_table(
        "bulk_sends",
        _text("id"),
        _text("requested_by"),
        _text("approved_by"),
        _text("message"),
        sa.Column("attach_pdfs", columns.Flag(), nullable=False),
        _text("status"),
        _count("customers"),
        _count("mails"),
        _count("invoices"),
        sa.Column("totals", columns.Json(), nullable=False),
        sa.Column("counted", columns.Minor(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        _known("bulk_sends", "status", "asked", "preparing", "sealed", "closed"),
        _rule("bulk_sends", "counts_positive", "customers > 0 AND mails > 0 AND invoices > 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_sends")),
        sqlite_strict=True,
    )
    op.create_index("ix_bulk_sends_person", "bulk_sends", ["requested_by", "created_at"])
    _index("ix_bulk_sends_preparing", "bulk_sends", ["id"], _PREPARING)


def _make_bulk_send_mails() -> None:
    op.create_table(
        "bulk_send_mails",
        _text("bulk_send_id"),
        _count("position"),
        _text("customer_id"),
        _text("currency"),
        sa.Column("recipients", columns.Json(), nullable=False),
        sa.Column("new_addresses", columns.Json(), nullable=False),
        _text("state"),
        sa.Column("link_id", columns.Text(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        _known("bulk_send_mails", "state", "waiting", "queued", "skipped"),
        _key("bulk_send_mails", "bulk_send_id", "bulk_sends.id"),
        _key("bulk_send_mails", "customer_id", "customers.id"),
        _key("bulk_send_mails", "link_id", "payment_links.id"),
        _key("bulk_send_mails", "delivery_id", "deliveries.id"),
        sa.PrimaryKeyConstraint("bulk_send_id", "position", name=op.f("pk_bulk_send_mails")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_bulk_send_mails_customer",
        "bulk_send_mails",
        ["bulk_send_id", "customer_id", "currency"],
        unique=True,
    )
    _index("ix_bulk_send_mails_waiting", "bulk_send_mails", ["bulk_send_id", "position"], _WAITING)


def _make_bulk_send_invoices() -> None:
    op.create_table(
        "bulk_send_invoices",
        _text("bulk_send_id"),
        _text("invoice_number"),
        _count("position"),
        sa.Column("balance", columns.Minor(), nullable=False),
        _rule("bulk_send_invoices", "balance_positive", "balance > 0"),
        _key("bulk_send_invoices", "bulk_send_id", "bulk_sends.id"),
        _key("bulk_send_invoices", "invoice_number", "invoices.number"),
        sa.PrimaryKeyConstraint(
            "bulk_send_id", "invoice_number", name=op.f("pk_bulk_send_invoices")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_bulk_send_invoices_mail", "bulk_send_invoices", ["bulk_send_id", "position"]
    )


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, columns.Text(), nullable=False)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _known(table: str, column: str, *members: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{member}'" for member in members)
    return _rule(table, f"{column}_known", f"{column} IN ({listed})")


def _rule(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _index(name: str, table: str, keys: list[str], where: "sa.TextClause") -> None:
    op.create_index(name, table, keys, sqlite_where=where, postgresql_where=where)
