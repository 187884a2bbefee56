"""Trunks have groups of settings: each is one column of JSON."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    for group in ("signalling", "numbering", "media"):
        op.add_column("trunks", sa.Column(group, sa.Text(), nullable=False, server_default="{}"))
