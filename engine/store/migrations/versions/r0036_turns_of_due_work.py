"""Looking for due work reads an index alone, also where much of one account waits."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.drop_index("due_work_by_time", "due_work")
    op.create_index("due_work_by_time", "due_work", ["failed", "at", "kind", "account", "epoch"])
