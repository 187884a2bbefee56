"""An installation that sends texts by carriers of the test's, on both databases, with a clock that jumps."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.store.database import Database
from tests.engine.features.messaging.sending.exchange import Exchange
from tests.support.clock import virtual_time

pytest_asyncio_loop_factories = virtual_time


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def exchange(database: Database, tmp_path: Path) -> AsyncIterator[Exchange]:
    """An account with two numbers for texts, a route for every number, and a carrier that accepts everything."""
    exchange = Exchange(database, tmp_path)
    await exchange.settle()
    await exchange.start()
    yield exchange
    await exchange.stop()
