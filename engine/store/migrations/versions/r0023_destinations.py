"""A number, and an extension that does not take its call, lead to a destination; ring groups.

Numbers that lead to an application go on doing so: `numbers.application` stays how that destination is stored.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("numbers") as numbers:
        numbers.add_column(sa.Column("destination", sa.Text(), nullable=True))
    with op.batch_alter_table("extensions") as extensions:
        for name in ("no_answer", "busy", "unregistered"):
            extensions.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        extensions.add_column(sa.Column("ring_seconds", sa.Float(), nullable=True))
    op.create_table(
        "ring_groups",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("seconds_each", sa.Float(), nullable=False),
        sa.Column("otherwise", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("ring_groups_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("ring_groups_key")),
    )
