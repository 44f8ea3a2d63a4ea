"""Payments that staff record: by whom, with which cheque, and as what the ERP tells of them."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BY_STAFF = sa.text("source = 'staff'")


def upgrade() -> None:
    op.add_column("payments", _empty("recorded_by"))
    op.add_column("payments", _empty("cheque_number"))
    op.add_column("payments", sa.Column("erp_id", columns.Text(), nullable=True))
    op.add_column("payment_reversals", _empty("reason"))
    op.add_column("payment_reversals", _empty("reversed_by"))
    op.create_index("uq_payments_erp_id", "payments", ["erp_id"], unique=True)
    op.create_index(
        "ix_payments_by_staff",
        "payments",
        ["recorded_at", "id"],
        sqlite_where=_BY_STAFF,
        postgresql_where=_BY_STAFF,
    )


def _empty(name: str) -> "sa.Column[str]":
    return sa.Column(name, columns.Text(), nullable=False, server_default="")
