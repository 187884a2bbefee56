"""A channel to evaluate dialplan functions on: ARI does so only on one.

It is a Local channel that is made for each reading, never dialled, and hung up at the end.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from engine.ari.client import AriClient
from engine.ari.errors import Detached
from engine.ari.requests import settled, undone

Read = Callable[[str], Awaitable[str]]
"""Returns what a function gives, such as DB_KEYS(registrar/contact); "" if nothing. Raises AriError."""
_CHANNEL = "Local/s@nowhere"
_LEFT = "A channel that reads texts is left."


class ReadingChannels:
    """Makes such channels in one Asterisk."""

    def __init__(self, client: AriClient) -> None:
        self._client = client
        self._prefix = f"{client.application}-reader-"

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Read]:
        """Give what evaluates functions. Raises AriError."""
        # A new id each time: for a moment after a hang-up the old one is taken (409).
        client, id = self._client, f"{self._prefix}{secrets.token_hex(6)}"

        async def read(function: str) -> str:
            return (await client.channels.get_channel_var(id, variable=function)).value or ""

        making = client.channels.create(endpoint=_CHANNEL, app=client.application, channel_id=id)
        made = True
        try:
            try:
                await settled(making, "reading texts")
            except Detached:
                made = False
                raise
            yield read
        finally:
            if made:
                await undone(client.channels.hangup(id), _LEFT)

    async def sweep(self) -> None:
        """Hang up the channels that a killed controller left: Asterisk keeps them for ever. Raises AriError."""
        for channel in await self._client.channels.list():
            if channel.id.startswith(self._prefix):
                await undone(self._client.channels.hangup(channel.id), _LEFT)
