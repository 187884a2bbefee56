"""The table of phonebooks."""

from sqlalchemy import Column, Float, Index, String, Table

from engine.store.tables import metadata

phonebook = Table(
    "phonebook",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("number", String, nullable=False),  # digits
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("created", Float, nullable=False),  # Unix seconds
    Index("phonebook_by_number", "account", "number", unique=True),
)
