"""Serves an application as the process does: on a port of its own, with limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from api.connections import Connections, Limits
from api.serving import ListenAddress, listening
from api.vendors.parts import VendorParts


class Unreached:
    """Stands for what no request of a test reaches; whatever is asked of it is another one."""

    def __getattr__(self, name: str) -> "Unreached":
        return Unreached()

    def __getitem__(self, key: object) -> "Unreached":
        return Unreached()


def nothing_behind() -> VendorParts:
    """The parts of vendors whose requests reach no handler."""
    nothing: Any = Unreached()
    return VendorParts(
        engine=nothing, features=nothing, cache=nothing, accounts=nothing, recordings=nothing,
        live=nothing, inquire=nothing,
    )  # fmt: skip


@asynccontextmanager
async def serve(app: web.Application, limits: Limits | None = None) -> AsyncIterator[tuple[int, Connections]]:
    """Serve until the block is left; hands out the port, and the connections."""
    connections = Connections(limits or Limits())
    async with listening([ListenAddress(app, ("127.0.0.1",), 0, connections)]) as (port,):
        yield port, connections
