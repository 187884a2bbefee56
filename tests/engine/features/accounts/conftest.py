"""The service of accounts on an empty database, with a dialect that issues keys and our own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from engine.features.accounts.model import KeyScheme
from engine.features.accounts.service import AccountService
from engine.features.numbers.pool import Pool
from engine.features.numbers.sales import NumberSales
from engine.features.users.passwords import Passwords
from engine.features.users.service import UserService
from engine.ids import new_id
from engine.platform.audit import Actor
from engine.platform.refresh import Refresh
from engine.store.database import Database
from engine.store.writer import Writer


@dataclass(frozen=True)
class Scheme:
    """A dialect whose accounts have keys."""

    name: str = "own"
    settings: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"signed": ("off", "on")})
    issue: None = None
    asks: bool = False
    number_leads_to: str | None = "rooms"


@dataclass(frozen=True)
class Issuing:
    """A dialect whose applications have keys."""

    name: str = "asking"
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asks: bool = True
    number_leads_to: str | None = None

    def issue(self) -> tuple[str, str]:
        return new_id("key"), new_id("secret")


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SCHEMES: tuple[KeyScheme, ...] = (Scheme(), Issuing())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """A writer of the API's kind."""
    writer = Writer(database)
    yield writer
    await writer.stop()


@pytest.fixture
def refreshed() -> list[str]:
    """An entry for each time that accounts in memory were to be read anew."""
    return []


def reading(refreshed: list[str]) -> Refresh:
    """What reads accounts in memory anew, and notes it."""

    async def refresh() -> None:
        refreshed.append("all")

    return refresh


def service_with(pool: str, database: Database, writer: Writer, refresh: Refresh, price: int = 0) -> AccountService:
    """The service of accounts that are given numbers of a pool, and buy them at a price (millionths)."""

    def never_removed(conn: Connection, by: Actor, digits: str, account: str) -> None:
        raise AssertionError("these tests remove no number")

    numbers = Pool.read(pool)
    sales = NumberSales(database, writer, numbers, price, never_removed, refresh)
    users = UserService(database, writer, "own", lambda: None, Passwords(QUICK))
    return AccountService(database, writer, SCHEMES, numbers, refresh, sales, users)


@pytest.fixture
def accounts(database: Database, writer: Writer, refreshed: list[str]) -> AccountService:
    """The service."""
    return service_with("+12015552000-+12015552001", database, writer, reading(refreshed))
