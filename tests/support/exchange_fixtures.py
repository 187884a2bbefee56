"""Fixtures of the engine's tests: a fake Asterisk, an exchange that runs, and one that was not started yet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.ari import FakeAri
from tests.support.exchange import Exchange, make_exchange
from tests.support.stores import NewUrl


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAri]:
    """A fake Asterisk."""
    async with FakeAri() as fake:
        yield fake


@pytest.fixture
async def stopped_exchange(asterisk: FakeAri, new_sqlite: NewUrl, tmp_path: Path) -> AsyncIterator[Exchange]:
    """An exchange whose controller does not run yet."""
    made = await make_exchange(asterisk, new_sqlite(), tmp_path)
    yield made
    await made.close()
    await made.told_once_each()
    await made.database.close()


@pytest.fixture
async def exchange(stopped_exchange: Exchange) -> Exchange:
    """An exchange that takes calls."""
    return await stopped_exchange.start()
