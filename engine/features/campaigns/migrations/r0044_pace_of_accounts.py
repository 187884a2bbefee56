"""The pace that an account's campaigns have together, how long a call is expected to be, and who waits for a trunk."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision: of campaigns that run, it is not known how long their calls are."""
    with op.batch_alter_table("campaigns") as campaigns:
        campaigns.add_column(sa.Column("call_seconds", sa.Float(), nullable=False, server_default="0"))
    with op.batch_alter_table("campaign_serials") as serials:
        serials.add_column(sa.Column("next_call", sa.Float(), nullable=False, server_default="0"))
    op.drop_index("campaign_contacts_by_due", "campaign_contacts")
    op.create_index("campaign_contacts_by_due", "campaign_contacts", ["campaign", "due", "id", "trunk"])
