"""The tables of faxes. Times are Unix seconds."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from engine.store.tables import metadata

faxes = Table(
    "faxes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("way", String, nullable=False),
    Column("state", String, nullable=False),
    Column("number", String, nullable=False),
    Column("own", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("at", Float, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("file", String, nullable=False),
    Column("box", String, nullable=False),
    Column("from_name", String, nullable=False),
    Column("to_name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("emails", Text, nullable=False),  # JSON
    Column("header", Boolean, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("wait_seconds", Float, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("ended", Float, nullable=True),
    Column("call", String, nullable=False),
    Column("error", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("ecm", Boolean, nullable=False),
    Column("t38", Boolean, nullable=False),
    Column("station", String, nullable=False),
    Column("read", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Index("faxes_by_account", "account", "way", "created", "id"),
    Index("faxes_by_created", "created"),
)
fax_attempts = Table(
    "fax_attempts",
    metadata,
    Column("call", String, primary_key=True),
    Column("fax", String, nullable=False),
    Column("account", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("begun", Float, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("ended", Float, nullable=True),
    Column("sent", Boolean, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("ecm", Boolean, nullable=False),
    Column("t38", Boolean, nullable=False),
    Column("station", String, nullable=False),
    Index("fax_attempts_by_fax", "fax", "number"),
    Index("fax_attempts_by_ended", "ended"),
)
fax_boxes = Table(
    "fax_boxes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("emails", Text, nullable=False),  # JSON
    Column("created", Float, nullable=False),
    Index("fax_boxes_by_name", "account", "name", unique=True),
)
