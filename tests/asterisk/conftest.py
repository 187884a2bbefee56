"""The engine in the test's own process, on the running Asterisk, which calls the lab's people."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asterisk.live_exchange import LiveExchange, volume
from tests.support.stores import NewUrl, new_sqlite
from tests.support.system import System

__all__ = ["new_sqlite"]


@pytest.fixture(scope="session")
def volumes() -> tuple[Path, Path]:
    """Where the recordings and the prompts of the running system are on this machine."""
    system = System.described()
    return volume(system, "/var/spool/asterisk/recording"), volume(system, "/var/lib/carillon/prompts")


@pytest.fixture
async def exchange(new_sqlite: NewUrl, volumes: tuple[Path, Path]) -> AsyncIterator[LiveExchange]:
    """Takes calls; at the end nothing of it is left in Asterisk."""
    made = await LiveExchange.make(System.described(), new_sqlite(), *volumes)
    async with asyncio.timeout(20):
        await made.start()
    yield made
    await made.close()
    await made.told_once_each()
    await made.database.close()
