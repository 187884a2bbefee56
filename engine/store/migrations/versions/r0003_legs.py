"""A call may be one of a whole that is told when its last leg has ended, and may be dialled in a manner of its own."""

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
