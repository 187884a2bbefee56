"""Invitations of users by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "invitations",
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("inviter", sa.String(), nullable=False),
        sa.Column("issued", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("sent", sa.Float(), nullable=True),
        sa.Column("accepted", sa.Float(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("work", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("user"),
    )
    op.create_index("invitations_by_account", "invitations", ["account"])
    op.create_index("invitations_by_digest", "invitations", ["digest"], unique=True)
