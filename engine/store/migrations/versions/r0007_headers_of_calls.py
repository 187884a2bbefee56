"""A call that came in keeps the headers of its INVITE and who diverted it, where its application wants them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("calls", sa.Column("headers", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("diverted_from", sa.Text(), nullable=False, server_default=""))
