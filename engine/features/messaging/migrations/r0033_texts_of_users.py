"""Extensions of users, texts of users, the order of all texts, and requests that are repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision: an extension of before belongs to nobody, and so does a text."""
    with op.batch_alter_table("extensions") as extensions:
        extensions.add_column(sa.Column("owner", sa.String(), nullable=True))
        extensions.create_foreign_key("extensions_to_users_by_owner", "users", ["owner"], ["id"])
        extensions.create_index("extensions_by_owner", ["owner"])
    op.add_column("messages", sa.Column("user", sa.String(), nullable=True))
    op.create_index("messages_by_time", "messages", ["created", "id"])
    of_somebody = sa.text('"user" IS NOT NULL')
    op.create_index(
        "messages_by_user",
        "messages",
        ["user", "created"],
        sqlite_where=of_somebody,
        postgresql_where=of_somebody,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name="idempotency_keys_key"),
    )
    op.create_index("idempotency_keys_by_at", "idempotency_keys", ["at"])
