"""Codes that prove a caller id, and the ones that are shown by default."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("caller_ids", sa.Column("preferred", sa.Float(), nullable=True))
    op.create_table(
        "caller_id_codes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("make_default", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="caller_id_codes_key"),
    )
    op.create_index("caller_id_codes_by_number", "caller_id_codes", ["number", "created"])
    op.create_index("caller_id_codes_by_account", "caller_id_codes", ["account", "created"])
    op.create_index("caller_id_codes_by_created", "caller_id_codes", ["created"])
    op.create_table(
        "user_caller_ids",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "user", name="user_caller_ids_key"),
    )
