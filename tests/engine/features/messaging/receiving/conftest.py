"""An exchange that receives texts, on both databases; `bay` says what came in."""

from collections.abc import AsyncIterator

import pytest

from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.sending.conftest import database
from tests.engine.features.messaging.sending.exchange import Exchange
from tests.support.clock import virtual_time

__all__ = ["database"]
pytest_asyncio_loop_factories = virtual_time


@pytest.fixture
async def bay(database: object, tmp_path: object) -> AsyncIterator[Bay]:
    """An account with two numbers, an application and two phones, and an SMSC."""
    exchange = Exchange(database, tmp_path)  # type: ignore[arg-type]
    await exchange.settle()
    await exchange.start()
    bay = Bay(exchange)
    await bay.settle()
    await exchange.platform.start()
    yield bay
    await exchange.platform.stop()
    await exchange.stop()
