"""The service of rooms on each database, with two accounts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.rooms.destination import RoomsKind
from engine.features.rooms.feature import RoomsFeature
from engine.features.rooms.gate import GATE, RoomGate
from engine.features.rooms.service import RoomService
from engine.media.recordings import RecordingFiles
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import Seal
from tests.engine.features.subscriptions.conftest import Clock, clock
from tests.engine.features.users.conftest import writer
from tests.support.doubles import ScriptedPrompts
from tests.support.stores import database_url, new_postgres, new_sqlite, postgres_cluster

__all__ = ["clock", "database_url", "new_postgres", "new_sqlite", "postgres_cluster", "writer"]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database that seals secrets."""
    database = Database(database_url, Seal("the installation's secret"))
    yield database
    await database.close()


@pytest.fixture
async def account(writer: Writer) -> Account:
    """An account."""
    made, _ = await writer.write(lambda conn: account_settings.create(conn, NewAccount(name="acme"), ["own"]))
    return made


@pytest.fixture
async def other(writer: Writer) -> Account:
    """Another account."""
    made, _ = await writer.write(lambda conn: account_settings.create(conn, NewAccount(name="other"), ["own"]))
    return made


@pytest.fixture
async def features(
    database: Database, writer: Writer, clock: Clock, tmp_path: Path, account: Account, other: Account
) -> Features:
    """The feature alone."""
    platform = Platform(
        database, writer, RecordingFiles(tmp_path), ScriptedPrompts(),  # type: ignore[arg-type]
        seal=Seal("the installation's secret"), clock=clock,
    )  # fmt: skip
    await platform.cache.load()
    features = Features(platform)
    await features.add(RoomsFeature(platform)).start()
    return features


@pytest.fixture
def rooms(features: Features) -> RoomService:
    """The service."""
    return features[RoomService]


@pytest.fixture
def gate(features: Features) -> RoomGate:
    """Who knows the PINs."""
    found = features.gates[GATE]
    assert isinstance(found, RoomGate)
    return found


@pytest.fixture
def kind(rooms: RoomService) -> RoomsKind:
    """The destination."""
    return RoomsKind(rooms.index)
