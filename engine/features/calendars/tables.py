"""The tables of calendars. Times are Unix seconds."""

from sqlalchemy import Column, Float, Index, String, Table, Text, UniqueConstraint

from engine.store.tables import metadata

calendars = Table(
    "calendars",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("user", String, nullable=False),  # a user's id, or the account's
    Column("provider", String, nullable=False),  # engine.features.calendars.model.Provider
    Column("address", String, nullable=False),
    Column("token", Text, nullable=False),  # sealed
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    UniqueConstraint("account", "user", "provider", "address"),
)
calendar_consents = Table(
    "calendar_consents",
    metadata,
    Column("state", String, primary_key=True),  # a digest
    Column("account", String, nullable=False),
    Column("user", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("verifier", Text, nullable=False),  # sealed
    Column("expires", Float, nullable=False, index=True),
    Index("calendar_consents_of_user", "account", "user"),
)
