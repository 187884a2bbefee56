"""The addresses that trunks' host names had last."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision: names are looked up at the next start."""
    op.create_table(
        "host_addresses",
        sa.Column("host", sa.String(), primary_key=True),
        sa.Column("addresses", sa.String(), nullable=False),
    )
