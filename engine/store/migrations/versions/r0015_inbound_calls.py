"""Where else calls of a trunk come from, the country its numbers are read in, and calls that reached no number."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("trunks", sa.Column("sources", sa.Text(), server_default="", nullable=False))
    op.add_column("trunks", sa.Column("country", sa.String(), server_default="", nullable=False))
    op.create_table(
        "unmatched_calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("trunk", sa.String(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("callee", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sip_call_id", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("unmatched_calls_key")),
    )
    op.create_index("unmatched_calls_by_time", "unmatched_calls", ["at"])
