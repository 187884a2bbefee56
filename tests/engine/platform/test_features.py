"""A feature is known by what it offers, and nothing else is edited for it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table

from engine.commands import Command, HangUpCall
from engine.dispatcher import Dispatcher
from engine.events import CallEnded, Event, RecordingAvailable
from engine.features.recordings.feature import RecordingsFeature
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.media import Prompts, RecordingFiles
from engine.model.money import Price
from engine.net import Net
from engine.platform.catalogue import Entry, only
from engine.platform.consumers import Done
from engine.platform.destination_kind import DestinationKind
from engine.platform.due_work import DueWork
from engine.platform.feature import Feature, Features, Measure
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish, Timer
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer

OWN, BOOKS = (Table(name, MetaData(), Column("account", String)) for name in ("faxes", "fax_log"))


class SendFax(Command[str]):
    """A command of a feature's own."""


class FaxSent(Event, frozen=True, kw_only=True, tag="test_features_fax_sent"):
    """An event of a feature's own."""

    pages: int


class Box(DestinationKind):
    """A destination of a feature's own."""

    name = "fax_box"

    def checked(self, account: Any, target: str) -> str:
        return target

    def answering(self, account: Any, target: str, hops: int) -> Any:
        raise NotImplementedError


class Heard:
    """A consumer of a feature's own."""

    name = "faxes"
    kinds: frozenset[type[Event]] = frozenset({CallEnded})

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Hear nothing."""


class PerPage:
    """A price of a feature's own."""

    def price(self, account: str, to: str, quantity: float) -> Price:
        return Price(amount=round(quantity * 10), currency="USD")


class FaxService:
    """What the API would call."""


class FaxFeature(Feature):
    """Everything that a feature may offer."""

    name = "faxes"
    tables = (OWN,)
    books = (BOOKS,)
    events = (RecordingAvailable, FaxSent)
    announces = (Entry("fax.sent", FaxSent, only("pages"), subject="fax"),)

    def __init__(self, told: list[str], *, fails: bool = False) -> None:
        self._told, self._fails = told, fails
        self.service = FaxService()
        self.services = (self.service,)
        self.commands = {SendFax: self._send}
        self.consumers = (Heard(),)
        self.timers = {"fax": Timer(self._due, at_once=2)}
        self.destinations = (Box(),)
        self.prices = {"fax": PerPage()}
        self.metrics = (Measure("carillon_faxes", "Faxes", lambda: 7.0),)

    async def _send(self, command: SendFax) -> str:
        return "sent"

    async def _due(self, work: DueWork, finish: Finish) -> None:
        self._told.append(work.id)

    async def start(self) -> None:
        if self._fails:
            raise RuntimeError("it does not start")
        self._told.append("started")

    async def stop(self) -> None:
        self._told.append("stopped")


class Forger(Feature):
    """A feature that offers an event of another one."""

    name = "forger"
    events = (RecordingAvailable,)


class Crier(Feature):
    """A feature that announces a name of the call core."""

    name = "crier"
    announces = (Entry("call.ended", FaxSent, only("pages")),)


class Plain(Feature):
    """A feature that offers nothing."""

    name = "plain"

    def __init__(self, told: list[str]) -> None:
        self._told = told

    async def start(self) -> None:
        self._told.append("plain started")

    async def stop(self) -> None:
        self._told.append("plain stopped")


@pytest.fixture
async def platform(database: Database, writer: Writer, tmp_path: Path) -> AsyncIterator[Platform]:
    net = Net()
    yield Platform(database, writer, RecordingFiles(tmp_path), Prompts(net, tmp_path / "prompts"))
    await net.close()


async def test_what_a_feature_offers_is_known_once_it_is_added(platform: Platform) -> None:
    features = Features(platform)
    fax = features.add(FaxFeature([]))
    assert features[FaxService] is fax.service
    assert platform.kinds.get("fax_box") is fax.destinations[0] and platform.kinds.names == ["fax_box"]
    assert platform.prices.price("fax", "acct-1", "1", 3).amount == 30
    sent = FaxSent(id="event-1", account="acct-1", subject="fax-1", root="fax-1", at=1.0, pages=3)
    (entry,) = platform.catalogue.of(sent)
    assert entry.fields(sent) == {"pages": 3} and platform.catalogue.meant(["fax.*"]) == {"fax.sent"}
    assert (platform.owned.while_open, platform.owned.books) == ([OWN], [BOOKS])
    assert [measure.read() for measure in features.metrics] == [7.0]
    nobody: Any = None
    dispatcher = Dispatcher(nobody, _NoConferences(), nobody)
    dispatcher.add(features.commands)
    assert await dispatcher.submit(SendFax()) == "sent"
    with pytest.raises(ValueError, match="the engine itself carries out HangUpCall"):
        dispatcher.add({HangUpCall: fax.commands[SendFax]})


async def test_what_another_feature_offers_already_is_refused_by_name(platform: Platform) -> None:
    features = Features(platform)
    features.add(FaxFeature([]))
    with pytest.raises(ValueError, match="the feature 'faxes' offers FaxService, which another one offers already"):
        features.add(FaxFeature([]))
    with pytest.raises(ValueError, match="the feature 'forger' offers RecordingAvailable, which another one"):
        features.add(Forger())
    with pytest.raises(ValueError, match=r"another feature has announced call\.ended"):
        features.add(Crier())
    with pytest.raises(KeyError):
        features[Heard]


def test_the_events_of_a_feature_are_written_in_its_folder_alone() -> None:
    root = Path(__file__).parents[3] / "engine"
    for feature in (RecordingsFeature, ScheduledCallsFeature):
        assert feature.events
        for event in feature.events:
            writing = {file for file in root.rglob("*.py") if f" {event.__name__}(\n" in file.read_text()}
            assert {file.parent for file in writing} == {root / "features" / feature.name}


async def test_features_start_in_their_order_and_stop_in_the_opposite_one(platform: Platform) -> None:
    told: list[str] = []
    features = Features(platform)
    features.add(Plain(told))
    features.add(FaxFeature(told))
    await features.start()
    await features.stop()
    assert told == ["plain started", "started", "stopped", "plain stopped"]


async def test_those_before_one_that_does_not_start_are_stopped(platform: Platform) -> None:
    told: list[str] = []
    features = Features(platform)
    features.add(Plain(told))
    features.add(FaxFeature(told, fails=True))
    with pytest.raises(RuntimeError, match="it does not start"):
        await features.start()
    assert told == ["plain started", "plain stopped"]


class _NoConferences:
    """Stands for the conferences, whose commands are not submitted here."""

    def __getattr__(self, name: str) -> Any:
        return None
