"""Subscriptions of accounts to events; a delivery is unique by event, subscriber and part."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=False),
        sa.Column("old_until", sa.Float(), nullable=True),
        sa.Column("application", sa.String(), nullable=True),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("subscriptions_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("subscriptions_key")),
    )
    op.create_index("subscriptions_by_account", "subscriptions", ["account"])
    _deliveries()


def _deliveries() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:  # it makes the table anew, and must not while rows refer to it
        op.execute("CREATE TEMPORARY TABLE kept_attempts AS SELECT * FROM delivery_attempts")
        op.execute("DELETE FROM delivery_attempts")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("subscriber", sa.String(), nullable=False, server_default=""))
        deliveries.drop_constraint("deliveries_by_event_part", type_="unique")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.create_unique_constraint("deliveries_by_event_subscriber_part", ["event", "subscriber", "part"])
    if is_sqlite:
        op.execute("INSERT INTO delivery_attempts SELECT * FROM kept_attempts")
        op.execute("DROP TABLE kept_attempts")
    accounts_own = sa.text("subscriber <> ''")
    op.create_index(
        "deliveries_by_subscriber", "deliveries", ["subscriber", "position"],
        sqlite_where=accounts_own, postgresql_where=accounts_own,
    )  # fmt: skip
