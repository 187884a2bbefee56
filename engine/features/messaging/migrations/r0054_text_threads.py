"""Texts by the pair of numbers that exchanged them, and what was read of them."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "text_threads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("updated", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="text_threads_key"),
    )
    op.create_index("text_threads_by_pair", "text_threads", ["account", "ours", "theirs"], unique=True)
    op.create_index("text_threads_by_account", "text_threads", ["account", "updated"])
    op.create_table(
        "message_marks",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="message_marks_key"),
    )
    op.create_index("message_marks_by_account", "message_marks", ["account"])
