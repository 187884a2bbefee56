"""The platform's fixtures."""

from collections.abc import AsyncIterator

import pytest

from engine.store.database import Database
from engine.store.writer import Writer


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """A writer of the API's kind."""
    writer = Writer(database)
    yield writer
    await writer.stop()
