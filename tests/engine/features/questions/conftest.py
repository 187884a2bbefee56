"""Both databases."""

from collections.abc import AsyncIterator

import pytest

from engine.store.database import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()
