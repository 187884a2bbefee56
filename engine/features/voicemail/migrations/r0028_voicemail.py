"""Voicemail: boxes, greetings and messages; recordings that a feature makes for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("recordings", sa.Column("purpose", sa.String(), server_default="", nullable=False))
    _boxes()
    _greetings()
    _messages()


def _boxes() -> None:
    op.create_table(
        "voicemail_boxes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("extension", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("says_name", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("pin_locked_until", sa.Float(), nullable=True),
        sa.Column("max_seconds", sa.Float(), nullable=False),
        sa.Column("silence_seconds", sa.Float(), nullable=False),
        sa.Column("least_seconds", sa.Float(), nullable=False),
        sa.Column("star", sa.String(), nullable=False),
        sa.Column("zero", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("skip_pin_from_own_extension", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("attach", sa.Boolean(), nullable=False),
        sa.Column("delete_after_email", sa.Boolean(), nullable=False),
        sa.Column("most_messages", sa.Integer(), nullable=False),
        sa.Column("most_seconds", sa.Float(), nullable=False),
        sa.Column("most_bytes", _BIG, nullable=False),
        sa.Column("retention_days", sa.Float(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="voicemail_boxes_to_accounts_by_account"),
        sa.PrimaryKeyConstraint("id", name="voicemail_boxes_key"),
        sa.UniqueConstraint("account", "number", name="voicemail_boxes_by_account_number"),
    )


def _greetings() -> None:
    op.create_table(
        "voicemail_greetings",
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bytes", _BIG, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["box"], ["voicemail_boxes.id"], name="voicemail_greetings_to_voicemail_boxes_by_box"),
        sa.PrimaryKeyConstraint("box", "kind", name="voicemail_greetings_key"),
    )
    op.create_index("voicemail_greetings_by_account", "voicemail_greetings", ["account"])


def _messages() -> None:
    op.create_table(
        "voicemails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("called", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("received", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("bytes", _BIG, nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Float(), nullable=True),
        sa.Column("was_in", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["box"], ["voicemail_boxes.id"], name="voicemails_to_voicemail_boxes_by_box"),
        sa.PrimaryKeyConstraint("id", name="voicemails_key"),
        sa.UniqueConstraint("recording", name="voicemails_by_recording"),
    )
    op.create_index("voicemails_by_box", "voicemails", ["box", "received", "id"])
    op.create_index("voicemails_by_account", "voicemails", ["account"])
