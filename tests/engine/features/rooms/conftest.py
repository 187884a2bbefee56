"""The service of rooms on each database, with two accounts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.calls.keypad import PressedDigit, Presses
from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.destinations.feature import DestinationsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.rooms.destination import RoomsKind
from engine.features.rooms.entering import TOPIC, Entering, Place, asking
from engine.features.rooms.feature import RoomsFeature
from engine.features.rooms.service import RoomService
from engine.media.recordings import RecordingFiles
from engine.model.call import Call, CallState, Direction
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.secret import Seal
from tests.engine.features.subscriptions.conftest import Clock, clock
from tests.engine.features.users.conftest import writer
from tests.support.doubles import ScriptedPrompts

__all__ = ["clock", "writer"]


class AtTheDoor:
    """Callers that enter codes."""

    def __init__(self, entering: Entering) -> None:
        self.entering = entering

    async def enters(
        self, account: Account, code: str, *, line: str = "", caller: str = "12015550114", place: Place | None = None
    ) -> tuple[AnyTask, ...]:
        """What follows a turn in which a caller types this code, at the line of a room (its id) or of all."""
        call = call_of(account, caller)
        state = asking(place or Place(room=line)).state
        return (await self.entering.turn(call, state, Typing(f"{code}#"))).tasks  # type: ignore[arg-type]

    async def opens(self, account: Account, code: str, **how: Any) -> JoinConference | None:
        """What a code opens; None: nothing."""
        first = (await self.enters(account, code, **how))[0]
        return first if isinstance(first, JoinConference) else None


def call_of(account: Account, caller: str = "12015550114") -> Call:
    """A call of this caller."""
    return Call(
        id="call-1", root="call-1", account=account.id, direction=Direction.INBOUND, caller=caller,
        callee="442012345678", state=CallState.ANSWERED, created=0.0, ari_application="carillon-0",
    )  # fmt: skip


class Typing:
    """A task's view of a call whose caller types these keys ahead, and hears nothing therefore."""

    def __init__(self, keys: str) -> None:
        self.task_id, self.keypad, self._keys = "task-1", self, keys

    @contextmanager
    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> Iterator[Presses]:
        """Take the keys; they must be hidden."""
        assert typed_ahead and secret
        yield Presses([PressedDigit(key, "call-1") for key in self._keys], takes=None)

    async def digit(self, digit: PressedDigit, *, accepted: bool) -> None:
        """A key was heard."""


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
    leading = features.add(DestinationsFeature(platform))
    guesses = features.add(GuessesFeature(platform)).service
    await features.add(RoomsFeature(platform, guesses, leading.registry)).start()
    return features


@pytest.fixture
def rooms(features: Features) -> RoomService:
    """The service."""
    return features[RoomService]


@pytest.fixture
def door(features: Features) -> AtTheDoor:
    """Where callers enter PINs."""
    found = features._platform.conversations[TOPIC]
    assert isinstance(found, Entering)
    return AtTheDoor(found)


@pytest.fixture
def kind(rooms: RoomService) -> RoomsKind:
    """The destination."""
    return RoomsKind(rooms.index)
