"""Calls have what their INVITE says of the right to its caller's number."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("calls", sa.Column("verstat", sa.Text(), nullable=True))
