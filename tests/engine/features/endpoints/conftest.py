"""Extensions beside an Asterisk's configuration that behaves."""

from collections.abc import AsyncIterator

import pytest

from engine.ari.client import AriClient
from engine.features.endpoints.provisioner import Provisioner
from engine.features.endpoints.service import Extensions
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeConfiguration]:
    """What Asterisk was given."""
    async with FakeConfiguration() as asterisk:
        yield asterisk


@pytest.fixture
async def provisioner(asterisk: FakeConfiguration) -> AsyncIterator[Provisioner]:
    """What gives Asterisk its objects."""
    async with AriClient(asterisk.url, "carillon", "secret", "carillon-0") as client:
        yield Provisioner(client)


@pytest.fixture
async def extensions(provisioner: Provisioner, writer: Writer, cache: SettingsCache) -> Extensions:
    """The service."""
    return Extensions(writer, cache, provisioner)


@pytest.fixture
async def other(account: Account, cache: SettingsCache, writer: Writer) -> Account:
    """Another account, beside `account`, which is named acme."""
    made = await writer.write(lambda conn: accounts.create(conn, Account(id="account-2", name="shop", created=0)))
    await cache.reload(made.id)
    return made
