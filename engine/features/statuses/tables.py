"""The table of statuses. Times are Unix seconds."""

from sqlalchemy import Column, Float, String, Table

from engine.store.tables import metadata

user_statuses = Table(
    "user_statuses",
    metadata,
    Column("user", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("account", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("set_by", String, nullable=False),  # engine.features.statuses.model.SetBy
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("until", Float, nullable=True),
)
