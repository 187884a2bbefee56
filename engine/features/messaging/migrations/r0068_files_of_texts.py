"""The files of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision: a text of before has no files."""
    op.add_column("messages", sa.Column("files", sa.Text(), nullable=True))
