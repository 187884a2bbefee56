"""Serves an application as the process does: on a port of its own, with limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from api.connections import Connections, Limits
from api.serving import ListenAddress, listening


@asynccontextmanager
async def serve(app: web.Application, limits: Limits | None = None) -> AsyncIterator[tuple[int, Connections]]:
    """Serve until the block is left; hands out the port, and the connections."""
    connections = Connections(limits or Limits())
    async with listening([ListenAddress(app, "127.0.0.1", 0, connections)]) as (port,):
        yield port, connections
