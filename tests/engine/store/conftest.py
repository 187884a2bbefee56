"""The store's fixtures."""

from collections.abc import AsyncIterator

import pytest

from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def told() -> list[StoredEvent]:
    """The events that the writer passed on after its commits."""
    return []


@pytest.fixture
async def writer(database: Database, told: list[StoredEvent]) -> AsyncIterator[Writer]:
    """A writer that has claimed its ARI application."""
    writer = Writer(database, "carillon-0", told.extend)
    await writer.claim()
    yield writer
    await writer.stop()
