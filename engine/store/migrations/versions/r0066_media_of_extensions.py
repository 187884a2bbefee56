"""How an extension's digits and audio travel, which number its calls show, and which of them are recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    for name, default in (
        ("dtmf", "auto"),
        ("codecs", ""),
        ("outbound_caller", ""),
        ("record_external", "never"),
        ("record_internal", "never"),
    ):
        op.add_column("extensions", sa.Column(name, sa.String(), nullable=False, server_default=default))
