"""Passcodes: one-time codes that prove a phone number to a customer's program."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "passcodes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("valid_seconds", sa.Float(), nullable=False),
        sa.Column("fallback_seconds", sa.Float(), nullable=True),
        sa.Column("verified_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="passcodes_key"),
    )
    op.create_index("passcodes_by_account", "passcodes", ["account", "created", "id"])
    op.create_index("passcodes_by_created", "passcodes", ["created"])
    op.create_table(
        "passcode_attempts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("passcode", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("range", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="passcode_attempts_key"),
    )
    for column in ("number", "account"):
        op.create_index(f"passcode_attempts_by_{column}", "passcode_attempts", [column, "created"])
    op.create_index("passcode_attempts_by_created", "passcode_attempts", ["created"])
    op.create_table(
        "passcode_sending",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Float(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("resumed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="passcode_sending_key"),
    )
