"""An installation without an engine: the store, the book, and an account that calls."""

from collections.abc import AsyncIterator

import pytest

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.trunks.trunk import lab
from engine.platform.settings_cache import SettingsCache
from engine.store import trunks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.stores import NewUrl, new_sqlite

__all__ = ["new_sqlite"]


@pytest.fixture
async def database(new_sqlite: NewUrl) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(new_sqlite())
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """A writer of the API's kind."""
    writer = Writer(database)
    yield writer
    await writer.stop()


@pytest.fixture
async def account(writer: Writer) -> Account:
    """An account as it is made at first, beside the lab's trunk."""
    await writer.write(lambda conn: trunks.add(conn, lab("127.0.0.2", 5070)))
    made, _ = await writer.write(lambda conn: account_settings.create(conn, NewAccount(name="acme"), ["own"]))
    return made


@pytest.fixture
async def cache(database: Database, account: Account) -> SettingsCache:
    """The settings in memory."""
    cache = SettingsCache(database)
    await cache.load()
    await cache.load_rates()
    return cache
