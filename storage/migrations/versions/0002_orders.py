"""Orders with their lines, number series, forms to be continued, and mails about an order."""

import re

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('invoice', 'customer', 'order')"


def upgrade() -> None:
    _complete_orders()
    _create_tables()
    _let_mails_be_about_orders()
    _widen_search_terms()
    _list_orders()


def _complete_orders() -> None:
    def empty(name: str) -> "sa.Column[str]":
        return sa.Column(name, columns.Text(), nullable=False, server_default="")

    def amount(name: str) -> "sa.Column[int]":
        return sa.Column(name, columns.Minor(), nullable=False, server_default="0")

    for column in (
        empty("currency"),
        empty("notes"),
        empty("created_by"),
        sa.Column("ship_date", columns.Day(), nullable=True),
        sa.Column("due_date", columns.Day(), nullable=True),
        sa.Column("created_at", columns.Utc(), nullable=True),
        sa.Column("form_id", columns.Text(), nullable=True),
        amount("net"),
        amount("tax"),
        amount("total"),
    ):
        op.add_column("orders", column)
    op.create_index("ix_orders_recent", "orders", ["order_date", "number"])
    op.create_index("uq_orders_form_id", "orders", ["form_id"], unique=True)


def _create_tables() -> None:
    op.create_table(
        "order_lines",
        sa.Column("order_number", columns.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("description", columns.Text(), nullable=False),
        sa.Column("quantity", columns.Exact(), nullable=False),
        sa.Column("unit", columns.Text(), nullable=False),
        sa.Column("unit_price", columns.Exact(), nullable=False),
        sa.Column("tax_rate", columns.Exact(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("tax", columns.Minor(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_order_lines_order_number")
        ),
        sa.PrimaryKeyConstraint("order_number", "line", name=op.f("pk_order_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "number_series",
        sa.Column("prefix", columns.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_number_series")),
        sqlite_strict=True,
    )
    op.create_table(
        "form_drafts",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("owner", columns.Text(), nullable=False),
        sa.Column("form", columns.Text(), nullable=False),
        sa.Column("content", columns.Json(), nullable=False),
        sa.Column("saved_at", columns.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_drafts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_form_drafts_saved_at"), "form_drafts", ["saved_at"])


def _let_mails_be_about_orders() -> None:
    name = "fk_deliveries_order_number"
    if _on_sqlite():  # it takes a foreign key only together with its column
        op.execute(
            "ALTER TABLE deliveries ADD COLUMN order_number TEXT"
            f" CONSTRAINT {name} REFERENCES orders (number)"
        )
    else:
        op.add_column("deliveries", sa.Column("order_number", columns.Text(), nullable=True))
        op.create_foreign_key(name, "deliveries", "orders", ["order_number"], ["number"])
    op.create_index("ix_deliveries_order", "deliveries", ["order_number", "created_at"])


def _widen_search_terms() -> None:
    if not _on_sqlite():
        op.drop_constraint(op.f("ck_search_terms_kind_known"), "search_terms", type_="check")
        op.create_check_constraint(op.f("ck_search_terms_kind_known"), "search_terms", _KINDS)
        return
    op.drop_index("ix_search_terms_ref", "search_terms")
    op.rename_table("search_terms", "search_terms_before")
    op.create_table(
        "search_terms",
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("term", columns.Text(), nullable=False),
        sa.Column("ref", columns.Text(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_search_terms_kind_known")),
        sa.PrimaryKeyConstraint("kind", "term", "ref", name=op.f("pk_search_terms")),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO search_terms (kind, term, ref) SELECT kind, term, ref FROM search_terms_before"
    )
    op.drop_table("search_terms_before")
    op.create_index("ix_search_terms_ref", "search_terms", ["kind", "ref", "term"])


def _list_orders() -> None:
    """The words under which an order that is here already will be found."""
    orders = sa.table("orders", sa.column("number"), sa.column("po_number"))
    terms = sa.table("search_terms", sa.column("kind"), sa.column("term"), sa.column("ref"))
    connection = op.get_bind()
    rows = [
        {"kind": "order", "term": term, "ref": number}
        for number, po_number in connection.execute(sa.select(orders.c.number, orders.c.po_number))
        for term in _terms(number, po_number)
    ]
    if rows:
        connection.execute(terms.insert(), rows)


def _terms(*texts: str) -> set[str]:
    """As `storage.search_terms` had them when this was written."""
    words = {word for text in texts for word in re.split(r"[^\w#.&'-]+", text.casefold())[:8]}
    parts = {part for word in words for part in re.split(r"\D+", word) if len(part) > 1}
    return {word for word in words | parts if word}


def _on_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"
