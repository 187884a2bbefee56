"""Two accounts, and the service of users with a quick hash."""

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from engine.features.users.passwords import Passwords
from engine.features.users.service import UserService
from engine.store import accounts
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.store.samples import an_account

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """A writer with two accounts, acct-1 (first) and acct-2 (second)."""
    writer = Writer(database)
    await writer.write(lambda conn: accounts.create(conn, an_account()))
    await writer.write(lambda conn: accounts.create(conn, an_account(id="acct-2", name="second")))
    yield writer
    await writer.stop()


@pytest.fixture
def forgotten() -> list[str]:
    """An entry for each time that tokens in memory were to be read anew."""
    return []


@pytest.fixture
async def users(database: Database, writer: Writer, forgotten: list[str]) -> UserService:
    """The service."""
    return UserService(database, writer, "own", lambda: forgotten.append("all"), Passwords(QUICK))
