"""A call keeps whether its caller asked not to be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("calls", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
