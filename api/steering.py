"""Whether this process may steer the calls: one controller an ARI application, and none that is leaving."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

from redis.asyncio import Redis

from engine.ari.errors import Detached
from engine.ids import new_id
from engine.redis.lease import Lease
from engine.store import owners
from engine.store.database import Database
from engine.store.writer import Writer

LEASE_POLL_SECONDS = 0.02


class Steering:
    """Holds the lease of an ARI application; `stopping` is set when it is lost, or by who wants the process to end."""

    def __init__(self, redis: Redis, database: Database, writer: Writer, application: str, owner: str) -> None:
        self._database, self._writer, self._application = database, writer, application
        self.stopping = asyncio.Event()
        self.leaving = False
        self.lease = Lease(redis, application, owner, confirm=self._still_owner, on_lost=self.stopping.set)

    def may_command(self) -> Awaitable[None] | None:
        """To be asked, and awaited if it is not None, before each command to Asterisk; raises Detached."""
        return None if self.lease.held and not self.leaving else self._until_held()

    async def _until_held(self) -> None:
        """A lease that ran out (the process was frozen, or Redis and the store were away) may be ours again soon."""
        while not (self.leaving or self.lease.lost.is_set() or self._writer.fenced.is_set()):
            if self.lease.held:
                return
            await asyncio.sleep(LEASE_POLL_SECONDS)
        raise Detached("command", "this controller is leaving or holds no lease")

    async def _still_owner(self) -> bool:
        return await self._database.read(lambda conn: owners.epoch(conn, self._application)) == self._writer.epoch


def owner_of(folder: Path) -> str:
    """This installation's name as a holder of leases; kept, so that one started again has its lease at once."""
    file = folder / "owner"
    if file.is_file():
        return file.read_text().strip()
    owner = new_id("controller")
    file.write_text(owner)
    return owner
