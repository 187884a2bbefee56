"""When a message came into its box, the time zone of a box; rows of recorded greetings that nothing took away."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
_UNDER_WAY_SECONDS = 2 * 86_400.0


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("voicemail_boxes", sa.Column("timezone", sa.String(), server_default="UTC", nullable=False))
    op.add_column("voicemails", sa.Column("arrived", sa.Float(), server_default="0", nullable=False))
    op.execute("UPDATE voicemails SET arrived = received")
    op.create_index("voicemails_by_arrival", "voicemails", ["arrived", "id"])
    old = sa.text("DELETE FROM recordings WHERE purpose LIKE 'voicemail-greeting:%' AND created < :before")
    op.get_bind().execute(old, {"before": time.time() - _UNDER_WAY_SECONDS})
