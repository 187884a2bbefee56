"""Trunks have settings of routing and costs; accounts may limit how many routes are dialled for a call."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("trunks", sa.Column("routing", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("accounts", sa.Column("max_attempts", sa.Integer(), nullable=True))
    op.create_table(
        "trunk_costs",
        sa.Column("trunk", sa.String(), primary_key=True),
        sa.Column("prefix", sa.String(), primary_key=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("per_minute", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    )
