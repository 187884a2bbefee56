"""Two accounts, and the service of subscriptions."""

from collections.abc import AsyncIterator

import pytest

from api.callbacks.callback import address
from engine.features.subscriptions.service import SubscriptionService
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import Seal
from tests.engine.features.users.conftest import writer
from tests.support.features import announced

__all__ = ["writer"]


class Clock:
    """Unix seconds that are set."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seal() -> Seal:
    return Seal("the installation's secret")


@pytest.fixture
async def database(database_url: str, seal: Seal) -> AsyncIterator[Database]:
    """An empty database that seals secrets."""
    database = Database(database_url, seal)
    yield database
    await database.close()


@pytest.fixture
def subscriptions(database: Database, writer: Writer, seal: Seal, clock: Clock) -> SubscriptionService:
    """The service of an installation that sends mail."""
    check = lambda url: address(url, credentials=True)  # noqa: E731
    return SubscriptionService(database, writer, announced(), check, seal=seal, mails=True, clock=clock)
