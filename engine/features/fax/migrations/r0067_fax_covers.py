"""What stands on the cover pages of faxes."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("faxes", sa.Column("cover", sa.Text(), nullable=False, server_default=""))
