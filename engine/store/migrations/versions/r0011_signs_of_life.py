"""A controller's last sign of life: until when the calls of its ARI application were followed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("owners", sa.Column("seen", sa.Float(), nullable=True))
