"""Extensions beside an Asterisk's configuration that behaves."""

from collections.abc import AsyncIterator

import pytest

from engine.ari.client import Client
from engine.features.book import Book
from engine.features.endpoints.provisioning import Provisioner
from engine.features.endpoints.service import Extensions
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
async def extensions(asterisk: FakeConfiguration, writer: Writer, book: Book) -> AsyncIterator[Extensions]:
    """The service."""
    async with Client(asterisk.url, "carillon", "secret", "carillon-0") as client:
        yield Extensions(writer, book, Provisioner(client))


@pytest.fixture
async def other(account: Account, book: Book, writer: Writer) -> Account:
    """Another account, beside `account`, which is named acme."""
    made = await writer.write(lambda conn: accounts.create(conn, Account(id="account-2", name="shop", created=0)))
    await book.reload(made.id)
    return made
