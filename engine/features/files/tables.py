"""The table of files."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from engine.store.tables import metadata

files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("uploaded_name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("by", String, nullable=False),  # a user's id
    Column("created", Float, nullable=False),  # Unix seconds
    Index("files_by_account", "account", "created", "id"),
)
