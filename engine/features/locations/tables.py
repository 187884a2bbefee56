"""The table of locations."""

from sqlalchemy import Column, Float, Index, String, Table, Text

from engine.store.tables import metadata

locations = Table(
    "locations",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("fields", Text, nullable=False),  # its address and what else a program gave, as a JSON object
    Column("created", Float, nullable=False),  # Unix seconds
    Column("updated", Float, nullable=False),
    Index("locations_by_account", "account", "created", "id"),
)
