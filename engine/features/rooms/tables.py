"""The tables of rooms. Times are Unix seconds."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, String, Table, Text, UniqueConstraint

from engine.store.tables import metadata

rooms = Table(
    "rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("number", String, nullable=False),  # digits, within the account
    Column("name", String, nullable=False),
    Column("settings", Text, nullable=False),  # engine.features.rooms.model.RoomSettings as JSON
    Column("created", Float, nullable=False),
    UniqueConstraint("account", "number"),
)
room_pins = Table(
    "room_pins",
    metadata,
    Column("account", String, primary_key=True),
    Column("digest", String, primary_key=True),  # engine.features.rooms.pins
    Column("room", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("admin", Boolean, nullable=False),
)
