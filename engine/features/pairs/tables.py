"""The table of pairs. Times are Unix seconds, money is millionths of the account's currency."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from engine.store.tables import metadata

pairs = Table(
    "pairs",
    metadata,
    Column("id", String, primary_key=True),  # of the first party's call
    Column("account", String, nullable=False),
    Column("first", String, nullable=False),
    Column("second", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("at", Float, nullable=True),  # NULL: it was placed at once
    Column("first_answered", Float, nullable=True),
    Column("connected", Float, nullable=True),
    Column("cancelled", Float, nullable=True),  # when its end was asked for
    Column("ended", Float, nullable=True),
    Column("result", String, nullable=True),
    Column("reason", Text, nullable=False),
    Column("legs", Text, nullable=False),  # as JSON
    Column("price", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("currency", String, nullable=False),
    Column("wanted", Text, nullable=False),  # engine.features.pairs.model.WantedPair as JSON
    Index("pairs_by_account", "account", "id"),
)
Index("pairs_live", pairs.c.id, sqlite_where=pairs.c.ended.is_(None), postgresql_where=pairs.c.ended.is_(None))
