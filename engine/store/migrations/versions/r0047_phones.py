"""Extensions have several phones, and browsers."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("extensions", sa.Column("max_contacts", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("extensions", sa.Column("webrtc", sa.Boolean(), nullable=False, server_default=sa.false()))
