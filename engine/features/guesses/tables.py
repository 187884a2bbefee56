"""The tables of guesses. Times are Unix seconds."""

from sqlalchemy import Boolean, Column, Float, Index, String, Table

from engine.store.tables import metadata

guesses = Table(  # how many guesses count, where (engine.features.guesses.budgets.Meter); none is kept itself
    "guesses",
    metadata,
    Column("account", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("target", String, primary_key=True),
    Column("caller", String, primary_key=True),
    Column("spent", Float, nullable=False),  # at the moment `at`
    Column("at", Float, nullable=False),
    Column("forgotten", Float, nullable=False, index=True),  # when nothing of it is left
    Column("locked_until", Float, nullable=True),
    Column("notified", Boolean, nullable=False),  # of the lock
)
known_callers = Table(  # who entered a right secret
    "known_callers",
    metadata,
    Column("account", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("target", String, primary_key=True),
    Column("caller", String, primary_key=True),
    Column("last", Float, nullable=False),
    Index("known_callers_by_last", "last"),
)
