"""The events of an account are read in their order."""

from alembic import op

revision = "0058"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("events_of_account", "events", ["account", "position"])
