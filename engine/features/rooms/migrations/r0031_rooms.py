"""Rooms and their PINs; participants that lead a conference."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("rooms_to_accounts_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("rooms_key")),
        sa.UniqueConstraint("account", "number", name=op.f("rooms_by_account_number")),
    )
    op.create_table(
        "room_pins",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name=op.f("room_pins_to_rooms_by_room")),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("room_pins_key")),
    )
    op.create_index("room_pins_by_room", "room_pins", ["room"])
    op.add_column("participants", sa.Column("admin", sa.Boolean(), server_default=sa.false(), nullable=False))
