"""The tables of users beside those of the call core (engine.store.tables). Times are Unix seconds."""

from sqlalchemy import Column, Float, String, Table

from engine.store.tables import metadata

invitations = Table(  # the last invitation of a user
    "invitations",
    metadata,
    Column("user", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("email", String, nullable=False),
    Column("company", String, nullable=False),
    Column("inviter", String, nullable=False),
    Column("issued", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("digest", String, nullable=True, index=True, unique=True),  # of the link's token; null: no link is open
    Column("sent", Float, nullable=True),
    Column("accepted", Float, nullable=True),
    Column("error", String, nullable=True),
    Column("work", String, nullable=False),  # the due work that sends it
)
