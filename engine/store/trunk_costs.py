"""What a minute by a trunk costs us, by the number's prefix."""

import builtins
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import trunk_costs


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Millionths of `currency` a minute by `trunk` to numbers that begin with `prefix` ("": every number)."""

    trunk: str
    prefix: str
    currency: str
    per_minute: int


_cost = Mapped(Cost, trunk_costs)
_insert = insert_into(trunk_costs)
_clear = Statement(delete(trunk_costs).where(trunk_costs.c.trunk == bindparam("trunk")))
_all = Statement(_cost.select.order_by(trunk_costs.c.trunk, trunk_costs.c.prefix))
_currencies = Statement(select(trunk_costs.c.currency).where(trunk_costs.c.trunk != bindparam("trunk")).distinct())


def clear(conn: Connection, trunk: str) -> int:
    """Remove the costs of a trunk; returns how many there were."""
    return _clear.run(conn, trunk=trunk)


def load(conn: Connection, new: Iterable[Cost]) -> None:
    """Add costs."""
    _insert.many(conn, map(plain, new))


def currencies(conn: Connection, *, without: str) -> set[str]:
    """Return the currencies of the costs of all trunks but one."""
    return {str(row[0]) for row in _currencies.all(conn, trunk=without)}


def list(conn: Connection) -> builtins.list[Cost]:
    """Return all costs, by trunk and prefix."""
    return _cost.all(conn, _all)
