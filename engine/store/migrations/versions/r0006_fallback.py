"""Deliveries may have a second address."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("deliveries", sa.Column("fallback", sa.Text(), nullable=False, server_default=""))

