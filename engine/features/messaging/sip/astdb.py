"""Asterisk's database (astdb) as far as ARI reaches it: keys are listed and deleted, values cannot be read.

`live_dangerously = no` blocks DB() for ARI.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from engine.ari.client import AriClient
from engine.features.messaging.sip.reading import ReadingChannels

Keys = Callable[[str], Awaitable[list[str]]]
"""Lists the keys below a prefix, in their order; of longer ones the part up to the next slash."""


class AstDb:
    """The database of one Asterisk."""

    def __init__(self, client: AriClient, channels: ReadingChannels) -> None:
        self._client, self._channels = client, channels

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Keys]:
        """Give what lists keys. Each listing scans the whole database: 4 ms with 30,000 keys. Raises AriError."""
        async with self._channels.one() as read:

            async def keys(prefix: str) -> list[str]:
                found = await read(f"DB_KEYS({prefix})")
                return found.split(",") if found else []

            yield keys

    async def delete(self, path: str) -> None:
        """Delete family/key, which may be gone. Raises AriError."""
        await self._client.asterisk.set_global_var(variable=f"DB_DELETE({path})", value="1")
