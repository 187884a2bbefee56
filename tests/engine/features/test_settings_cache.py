"""The settings in memory."""

import asyncio
from collections.abc import Callable
from typing import Any

from engine.platform.settings_cache import SettingsCache
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer


class Counted:
    """A database that counts its reads; each waits until `go`."""

    def __init__(self, db: Database) -> None:
        self.db, self.reads, self.go = db, 0, asyncio.Event()

    async def read(self, function: Callable[[Any], Any]) -> Any:
        self.reads += 1
        found = await self.db.read(function)
        await self.go.wait()
        return found


async def test_many_who_ask_at_once_share_one_reading_that_has_what_they_wrote(
    writer: Writer, database: Database, account: Account
) -> None:
    counted = Counted(database)
    cache = SettingsCache(counted)  # type: ignore[arg-type]
    first = asyncio.create_task(cache.load())
    while not counted.reads:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await writer.write(lambda conn: accounts.allow(conn, account.id, "44"))
    others = [asyncio.create_task(cache.load()) for _ in range(20)]
    await asyncio.sleep(0)
    counted.go.set()
    await asyncio.gather(first, *others)
    assert counted.reads == 2
    assert "44" in cache.rules(account.id).prefixes
