"""The table of details."""

from sqlalchemy import Column, Float, String, Table, Text

from engine.store.tables import metadata

details = Table(
    "details",
    metadata,
    Column("account", String, primary_key=True),
    Column("kind", String, primary_key=True),  # of what it is about: account, user, …
    Column("id", String, primary_key=True),
    Column("fields", Text, nullable=False),  # a JSON object
    Column("updated", Float, nullable=False),  # Unix seconds
)
