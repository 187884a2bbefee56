"""Accounts have users, and users have tokens beside the keys of accounts and applications."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="users_key"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="users_to_accounts_by_account"),
        sa.UniqueConstraint("account", "email", name="users_by_account_email"),
    )
    with op.batch_alter_table("credentials") as credentials:
        credentials.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="key"))
        credentials.add_column(sa.Column("user", sa.String(), nullable=True))
        credentials.add_column(sa.Column("name", sa.String(), nullable=False, server_default=""))
        credentials.add_column(sa.Column("expires", sa.Float(), nullable=True))
        credentials.create_foreign_key("credentials_to_users_by_user", "users", ["user"], ["id"])
        credentials.create_index("credentials_by_user", ["user"])
