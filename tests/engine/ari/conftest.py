"""A fake Asterisk, a client of it, and a bus fed by its websocket."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.connection import AriConnection
from tests.fakes.ari import FakeAri


def at_once() -> Iterator[float]:
    while True:
        yield 0.0


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAri]:
    async with FakeAri() as fake:
        yield fake


@pytest.fixture
async def client(asterisk: FakeAri) -> AsyncIterator[AriClient]:
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0", timeout=2.0) as made:
        yield made


@pytest.fixture
async def bus(asterisk: FakeAri, client: AriClient) -> AsyncIterator[Bus]:
    """Connected: events of `asterisk` arrive in it."""
    made = Bus()
    ready = asyncio.Event()

    async def on_connected() -> None:
        ready.set()

    connection = AriConnection(client, made, on_connected=on_connected, on_lost=lambda: None, delays=at_once)
    running = asyncio.create_task(connection.run(), name="connection under test")
    await ready.wait()
    yield made
    running.cancel()
    await asyncio.wait([running])
