"""Whether the links that were out stay usable when a customer's payment links are disabled."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept: sa.Column[bool] = sa.Column("open_links_kept", columns.Flag(), nullable=False, server_default=sa.false())
    op.add_column("customers", kept)
