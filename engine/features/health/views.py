"""How the installation is, as the store shows it: for status, health checks and metrics."""

from sqlalchemy import Connection, func, select

from engine.store import tables
from engine.store.database import Database
from engine.store.writer import Writer


class StoreHealth:
    """Whether the database answers, what waits to be written, and how much there is."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer

    async def check(self) -> None:
        """Ask the database; raises engine.features.errors.StoreError if it does not answer."""
        await self._db.read(lambda conn: conn.exec_driver_sql("SELECT 1"))

    @property
    def is_writable(self) -> bool:
        """Whether the last write reached the database."""
        return not self._writer.out

    @property
    def writes_waiting(self) -> int:
        """How many changes wait for their commit."""
        return self._writer.waiting

    async def accounts(self) -> int:
        """Return how many accounts there are, closed ones too."""
        return await self._db.read(_accounts)

    async def live_calls(self) -> dict[str, int]:
        """Return how many calls have not ended, by their state."""
        return await self._db.read(_live_calls)


def _accounts(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(tables.accounts)).scalar_one())


def _live_calls(conn: Connection) -> dict[str, int]:
    calls = tables.calls
    counts = select(calls.c.state, func.count()).where(calls.c.ended.is_(None)).group_by(calls.c.state)
    return {row[0]: row[1] for row in conn.execute(counts)}
