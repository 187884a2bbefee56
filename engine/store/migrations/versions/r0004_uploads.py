"""Prompts that accounts upload; where and as what a recording is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "uploads",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bytes", _BIG, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("uploads_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("uploads_key")),
    )
    op.add_column("recordings", sa.Column("format", sa.String(), server_default="wav", nullable=False))
    op.add_column("recordings", sa.Column("destination", sa.String(), server_default="", nullable=False))
    op.add_column("recordings", sa.Column("notify", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("recordings", sa.Column("available", sa.Float(), nullable=True))
    op.add_column("recordings", sa.Column("error", sa.Text(), nullable=True))
