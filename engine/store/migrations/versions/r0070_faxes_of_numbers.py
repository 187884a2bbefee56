"""Where faxes go that come to a number for calls."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("numbers", sa.Column("fax_to", sa.Text(), nullable=False, server_default=""))
