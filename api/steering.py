"""Whether this process may run calls: only one controller of an ARI application may, and none that is stopping."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Protocol

from redis.asyncio import Redis

from engine.ari.errors import Detached
from engine.ids import new_id
from engine.redis.lease import Lease

LEASE_POLL_SECONDS = 0.02


class Ownership(Protocol):
    """The store's ownership of the ARI application, as engine.store.writer.Writer has it."""

    fenced: asyncio.Event
    """Set once another controller has claimed the application."""

    async def is_owner(self) -> bool:
        """Return whether this process was the last to claim it."""


class Steering:
    """Holds the lease of an ARI application; `stopping` is set if it is lost, or to end the process."""

    def __init__(self, redis: Redis, ownership: Ownership, application: str, owner: str) -> None:
        self._ownership = ownership
        self.stopping = asyncio.Event()
        self.leaving = False
        self.lease = Lease(redis, application, owner, confirm=ownership.is_owner, on_lost=self.stopping.set)

    def may_command(self) -> Awaitable[None] | None:
        """Check the lease before each command to Asterisk; the result is awaited if it is not None. Raises Detached."""
        return None if self.lease.held and not self.leaving else self._until_held()

    async def _until_held(self) -> None:
        """Wait for a lease that expired; it may be ours again soon if the process was frozen, or Redis was down."""
        while not (self.leaving or self.lease.lost.is_set() or self._ownership.fenced.is_set()):
            if self.lease.held:
                return
            await asyncio.sleep(LEASE_POLL_SECONDS)
        raise Detached("command", "this controller is leaving or holds no lease")


def owner_of(folder: Path) -> str:
    """The stored name of this installation as an owner of leases; after a restart it has its lease at once."""
    file = folder / "owner"
    if file.is_file():
        return file.read_text().strip()
    owner = new_id("controller")
    file.write_text(owner)
    return owner
