"""The admin API for commands that are coroutines."""

import asyncio
from typing import Any

from api.cli.client import ApiClient


class Api:
    """A Client whose methods are coroutines; they raise CommandFailed."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def get(self, path: str) -> Any:
        """Send GET; returns the parsed JSON."""
        return await asyncio.to_thread(self._client.get, path)

    async def post(self, path: str, body: Any = None) -> Any:
        """Send POST with a JSON body; returns the parsed JSON."""
        return await asyncio.to_thread(self._client.post, path, body)

    async def delete(self, path: str) -> None:
        """Send DELETE."""
        await asyncio.to_thread(self._client.delete, path)
