"""A call may belong to a call tree whose end is reported, and may have leg options."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("calls", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("manner", sa.Text(), nullable=True))
