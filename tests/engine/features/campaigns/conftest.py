"""An installation with campaigns, whose calls are the test's, with a clock that jumps."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.store.database import Database
from tests.engine.features.campaigns.town import Town
from tests.support.clock import virtual_time

pytest_asyncio_loop_factories = virtual_time


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """An account that may call everybody, and a network in which everybody answers."""
    town = Town(Database(database_url), tmp_path)
    await town.open()
    yield town
    await town.close()
