"""Asterisk's database (astdb) as far as ARI reaches it: keys are listed and deleted, values cannot be read.

`live_dangerously = no` blocks DB() for ARI, and ARI evaluates a function only on a channel: a Local channel that is
never dialled is made for each reading.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from engine.ari.client import AriClient
from engine.ari.errors import Detached
from engine.ari.requests import settled, undone

Keys = Callable[[str], Awaitable[list[str]]]
"""Lists the keys below a prefix, in their order; of longer ones the part up to the next slash."""
_CHANNEL = "Local/s@nowhere"
_LEFT = "A channel that reads texts is left."


class AstDb:
    """The database of one Asterisk."""

    def __init__(self, client: AriClient) -> None:
        self._client = client
        self._readers = f"{client.application}-reader-"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Keys]:
        """Give what lists keys. Each listing scans the whole database: 4 ms with 30,000 keys. Raises AriError."""
        # A new id each time: for a moment after a hang-up the old one is taken (409).
        client, reader = self._client, f"{self._readers}{secrets.token_hex(6)}"

        async def keys(prefix: str) -> list[str]:
            found = await client.channels.get_channel_var(reader, variable=f"DB_KEYS({prefix})")
            return found.value.split(",") if found.value else []

        making = client.channels.create(endpoint=_CHANNEL, app=client.application, channel_id=reader)
        made = True
        try:
            try:
                await settled(making, "reading texts")
            except Detached:
                made = False
                raise
            yield keys
        finally:
            if made:
                await undone(client.channels.hangup(reader), _LEFT)

    async def delete(self, path: str) -> None:
        """Delete family/key, which may be gone. Raises AriError."""
        await self._client.asterisk.set_global_var(variable=f"DB_DELETE({path})", value="1")

    async def sweep(self) -> None:
        """Hang up the channels that a killed controller left: Asterisk keeps them for ever. Raises AriError."""
        for channel in await self._client.channels.list():
            if channel.id.startswith(self._readers):
                await undone(self._client.channels.hangup(channel.id), _LEFT)
