"""The administrator's API for commands that are coroutines."""

import asyncio
from typing import Any

from api.cli.client import ApiClient


class Api:
    """Like Client, awaited; raises CommandFailed."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def get(self, path: str) -> Any:
        """Ask for something; returns parsed JSON."""
        return await asyncio.to_thread(self._client.get, path)

    async def post(self, path: str, body: Any = None) -> Any:
        """Send something; returns parsed JSON."""
        return await asyncio.to_thread(self._client.post, path, body)

    async def delete(self, path: str) -> None:
        """Delete something."""
        await asyncio.to_thread(self._client.delete, path)
