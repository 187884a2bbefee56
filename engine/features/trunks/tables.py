"""The table of trunks' host names."""

from sqlalchemy import Column, String, Table

from engine.store.tables import metadata

host_addresses = Table(  # what a host name had last, for when no name server answers
    "host_addresses",
    metadata,
    Column("host", String, primary_key=True),
    Column("addresses", String, nullable=False),  # separated by commas
)
