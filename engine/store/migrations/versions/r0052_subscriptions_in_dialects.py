"""Subscriptions may get the messages of a dialect."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    for name in ("dialect", "topic"):
        op.add_column("subscriptions", sa.Column(name, sa.String(), nullable=False, server_default=""))
