"""An extension may belong to an application, which is asked about every call that it makes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("extensions") as batch:
        batch.add_column(sa.Column("application", sa.String(), nullable=True))
        batch.create_foreign_key(
            "extensions_to_applications_by_application", "applications", ["application"], ["id"]
        )
