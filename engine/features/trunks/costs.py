"""What calls by each trunk cost us: loaded from files, kept in memory, and looked up for least-cost routing."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from engine.features.billing import rate_files
from engine.features.billing.rate_files import Line
from engine.features.errors import InvalidSetting, NotThere
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import trunk_costs, trunks
from engine.store.database import Database
from engine.store.trunk_costs import Cost
from engine.store.writer import Writer

COLUMNS = ("prefix", "price", "currency")


def read_csv(text: str, trunk: str) -> list[Cost]:
    """Read lines of prefix, price a minute and currency; raises RatesInvalid that names each line that is wrong."""
    return rate_files.read(text, COLUMNS, None, partial(_cost, trunk))


class TrunkCosts:
    """The costs of all trunks; they are compared as they are, so all are in one currency."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer
        self._costs: dict[str, dict[str, int]] = {}
        self._reading = asyncio.Lock()  # of two readings at once the older must not be kept last

    async def read(self) -> None:
        """Read them into memory."""
        async with self._reading:
            costs: defaultdict[str, dict[str, int]] = defaultdict(dict)
            for cost in await self._db.read(trunk_costs.list):
                costs[cost.trunk][cost.prefix] = cost.per_minute
            self._costs = dict(costs)

    def of(self, trunk: str, digits: str) -> int | None:
        """Return what a minute by a trunk to `digits` costs, in millionths, by the longest prefix; None: not known."""
        if not (costs := self._costs.get(trunk)):
            return None
        found = (costs[digits[:length]] for length in range(len(digits), -1, -1) if digits[:length] in costs)
        return next(found, None)

    async def listed(self, trunk: str) -> Sequence[Cost]:
        """Return the costs of a trunk, by prefix; raises NotThere."""

        def read(conn: Connection) -> Sequence[Cost]:
            _existing(conn, trunk)
            return [cost for cost in trunk_costs.list(conn) if cost.trunk == trunk]

        return await self._db.read(read)

    async def load(self, by: Actor, trunk: str, text: str) -> int:
        """Replace a trunk's costs by those of a CSV file; returns how many it has.

        A file with one wrong line changes nothing. Raises RatesInvalid, InvalidSetting, NotThere.
        """
        loaded = await asyncio.to_thread(read_csv, text, trunk)
        found = {cost.currency for cost in loaded}

        def unit(conn: Connection) -> None:
            _existing(conn, trunk)
            known = found | trunk_costs.currencies(conn, without=trunk)
            if len(known) > 1:
                among = ", ".join(sorted(known))
                raise InvalidSetting(f"currency must be the same in the costs of all trunks (got {among}).")
            removed = trunk_costs.clear(conn, trunk)
            trunk_costs.load(conn, loaded)
            _record(conn, by, "costs_loaded", trunk, removed, len(loaded))

        await self._writer.write(unit)
        await self.read()
        return len(loaded)

    async def clear(self, by: Actor, trunk: str) -> int:
        """Remove a trunk's costs; returns how many there were. Raises NotThere."""

        def unit(conn: Connection) -> int:
            _existing(conn, trunk)
            removed = trunk_costs.clear(conn, trunk)
            _record(conn, by, "costs_cleared", trunk, removed, 0)
            return removed

        removed = await self._writer.write(unit)
        await self.read()
        return removed


def _cost(trunk: str, line: Line) -> Cost:
    return Cost(trunk=trunk, prefix=line.prefix, currency=line.currency, per_minute=line.price("a minute"))


def _existing(conn: Connection, trunk: str) -> None:
    if trunks.get(conn, trunk) is None:
        raise NotThere(f"There is no trunk {trunk}.")


def _record(conn: Connection, by: Actor, what: str, trunk: str, before: int, after: int) -> None:
    audit.record(
        conn,
        by,
        account=None,
        what=f"trunk.{what}",
        subject=trunk,
        before={"costs": before},
        after={"costs": after},
    )
