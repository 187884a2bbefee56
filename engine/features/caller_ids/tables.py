"""The tables of caller ids; those that are proved are in engine.store.tables. Times are Unix seconds."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from engine.store.tables import metadata

caller_id_codes = Table(  # those that were sent, for a day: they are counted
    "caller_id_codes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("user", String, nullable=False),  # who asked for it; "": a program of the account, or the administrator
    Column("number", String, nullable=False),
    Column("how", String, nullable=False),
    Column("code", Text, nullable=False),  # sealed
    Column("make_default", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("tries", Integer, nullable=False),  # that are left; 0: it does not count any more
    Index("caller_id_codes_by_number", "number", "created"),
    Index("caller_id_codes_by_account", "account", "created"),
    Index("caller_id_codes_by_created", "created"),
)
user_caller_ids = Table(  # which one a user shows by default
    "user_caller_ids",
    metadata,
    Column("account", String, primary_key=True),
    Column("user", String, primary_key=True),
    Column("number", String, nullable=False),
)
