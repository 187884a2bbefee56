"""Keys of applications, applications that ask, and numbers by capability, which may lead to nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    # A column with a default is added in place: SQLite would have to drop a table that others refer to.
    op.add_column("applications", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("credentials") as credentials:
        credentials.add_column(sa.Column("application", sa.String(), nullable=True))
        credentials.create_unique_constraint("credentials_by_application", ["application"])
        credentials.create_foreign_key(
            "credentials_to_applications_by_application", "applications", ["application"], ["id"]
        )
    with op.batch_alter_table("numbers") as numbers:
        numbers.add_column(sa.Column("capability", sa.String(), nullable=False, server_default="voice"))
        numbers.alter_column("application", existing_type=sa.String(), nullable=True)
        numbers.drop_constraint("numbers_key", type_="primary")
        numbers.create_primary_key("numbers_key", ["number", "capability"])
