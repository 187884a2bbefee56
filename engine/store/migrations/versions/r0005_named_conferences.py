"""Conferences that have a name within their account; participants that are muted or held."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("conferences", sa.Column("name", sa.String(), nullable=True))
    open_by_name = sa.text("name IS NOT NULL AND ended IS NULL AND reason IS NULL")
    op.create_index(
        "conferences_by_name",
        "conferences",
        ["account", "name"],
        unique=True,
        sqlite_where=open_by_name,
        postgresql_where=open_by_name,
    )
    for name in ("muted", "held"):
        op.add_column("participants", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("participants", sa.Column("hold_music", sa.String(), nullable=True))
