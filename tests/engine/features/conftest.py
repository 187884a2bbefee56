"""An installation without an engine: the store, the book, and an account that calls."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.applications.dialects import Dialect
from engine.features.billing.call_rates import CallRates
from engine.features.trunks.trunk import lab
from engine.ids import new_id
from engine.net import Net
from engine.platform import audit
from engine.platform.audit import Entry
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache
from engine.store import trunks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.features import services_of
from tests.support.stores import NewUrl, new_sqlite

__all__ = ["new_sqlite"]
History = Callable[[str | None], Awaitable[list[Entry]]]
KEYED = Dialect(
    name="keyed", url_setting="primary", fallback_setting="fallback", issue=lambda: (new_id("key"), new_id("secret")),
    asks=True, signs=True,
)  # fmt: skip
PLAIN = Dialect(name="plain", url_setting="url")


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
async def services(database: Database, writer: Writer, tmp_path: Path) -> AsyncIterator[Features]:
    """The features' services, with one dialect whose applications have keys and one whose accounts have."""
    net = Net()
    yield services_of(database, writer, net, tmp_path, dialects=(KEYED, PLAIN))
    await net.close()


@pytest.fixture
async def history(database: Database) -> History:
    """What was changed, newest first: of an account, or (None) of none."""

    async def read(account: str | None) -> list[Entry]:
        return await database.read(lambda conn: audit.of(conn, account))

    return read


@pytest.fixture
async def cache(database: Database, account: Account) -> SettingsCache:
    """The settings in memory."""
    cache = SettingsCache(database)
    await cache.load()
    return cache


@pytest.fixture
async def call_rates(database: Database, cache: SettingsCache) -> CallRates:
    """The rates in memory."""
    call_rates = CallRates(database, cache)
    await call_rates.load()
    return call_rates
