"""A call keeps whether money is what limits its length."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("calls", sa.Column("short_of_credit", sa.Boolean(), nullable=False, server_default=sa.false()))
