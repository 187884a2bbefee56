"""Whether the phones of an extension must encrypt."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("extensions", sa.Column("srtp", sa.String(), nullable=False, server_default="optional"))
