"""Extensions have an id: their numbers may be given again."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None
_extensions = sa.table(
    "extensions", sa.column("account", sa.String), sa.column("number", sa.String), sa.column("id", sa.String)
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("extensions", sa.Column("id", sa.String(), nullable=True))
    conn, one = op.get_bind(), _extensions.c
    for account, number in conn.execute(sa.select(one.account, one.number)).all():
        named = sa.update(_extensions).where(one.account == account, one.number == number)
        conn.execute(named.values(id=f"extension-{secrets.token_hex(14)}"))
    with op.batch_alter_table("extensions") as table:
        table.alter_column("id", existing_type=sa.String(), nullable=False)
        table.create_unique_constraint("extensions_by_id", ["id"])
