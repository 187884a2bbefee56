"""Both databases."""

from collections.abc import AsyncIterator

import pytest

from engine.store.database import Database
from tests.support.stores import database_url, new_postgres, new_sqlite, postgres_cluster

__all__ = ["database_url", "new_postgres", "new_sqlite", "postgres_cluster"]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()
