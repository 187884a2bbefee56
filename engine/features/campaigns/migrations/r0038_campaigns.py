"""Campaigns, their contacts, and who is not to be called."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=True),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_each", _BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("next_call", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="campaigns_key"),
        sa.UniqueConstraint("account", "serial", name="campaigns_serial"),
    )
    op.create_index("campaigns_by_account", "campaigns", ["account", "id"])
    op.create_index("campaigns_by_state", "campaigns", ["state"])
    _create_contacts()
    op.create_table(
        "campaign_serials",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("campaigns", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="campaign_serials_key"),
    )
    op.create_table(
        "do_not_call",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number", name="do_not_call_key"),
    )
    op.create_table(
        "campaign_trunks",
        sa.Column("trunk", sa.String(), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=True),
        sa.Column("at_once", sa.Integer(), nullable=True),
        sa.Column("next_call", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("trunk", name="campaign_trunks_key"),
    )


def _create_contacts() -> None:
    op.create_table(
        "campaign_contacts",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Text(), nullable=False),
        sa.Column("due", sa.Float(), nullable=True),
        sa.Column("call", sa.String(), nullable=True),
        sa.Column("trunk", sa.String(), nullable=True),
        sa.Column("called", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("message_seconds", sa.Float(), nullable=True),
        sa.Column("playback", sa.Float(), nullable=True),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("price", _BIG, nullable=False),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "id", name="campaign_contacts_key"),
        sa.UniqueConstraint("campaign", "number", name="campaign_contacts_number"),
    )
    op.create_index("campaign_contacts_by_call", "campaign_contacts", ["call"])
    op.create_index("campaign_contacts_by_id", "campaign_contacts", ["campaign", "id"])
    op.create_index("campaign_contacts_by_status", "campaign_contacts", ["campaign", "status", "id"])
    op.create_index("campaign_contacts_by_due", "campaign_contacts", ["campaign", "due", "id"])
    op.create_index("campaign_contacts_by_trunk", "campaign_contacts", ["trunk", "status"])
