"""The table of meetings. Times are Unix seconds."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table

from engine.store.tables import metadata

meetings = Table(
    "meetings",
    metadata,
    Column("id", String, primary_key=True),  # 9 digits, unique in the installation
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("room", ForeignKey("rooms.id"), nullable=False, unique=True),
    Column("owner", String, nullable=True),  # the id of a user, who may be gone
    Column("starts", Float, nullable=True),
    Column("ends", Float, nullable=True),
    Column("created", Float, nullable=False),
    Column("links", Integer, nullable=False),
    Index("meetings_by_account", "account", "created", "id"),
)
