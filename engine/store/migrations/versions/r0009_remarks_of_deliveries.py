"""A delivered callback keeps what the customer's server said to it, where its dialect reads that."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("deliveries", sa.Column("remark", sa.Text(), nullable=True))
