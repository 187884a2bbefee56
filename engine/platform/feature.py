"""A feature: a capability with its rules, tables and workers, in a folder of engine.features.

It is added by its folder and one line in the composition root. Everything else that must know of it learns it from
here: no list of kinds, tables, timers or commands elsewhere is edited.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeVar

from sqlalchemy import Connection, Table

from engine.calls.admission_protocol import Bar
from engine.calls.conversation import Conversation
from engine.commands import Command
from engine.events import Event
from engine.media.prompts import SourceOf
from engine.model.conference_rules import RulesOf
from engine.platform.catalogue import Entry
from engine.platform.codes import Code, CodeWith
from engine.platform.consumers import Consumer
from engine.platform.destination_kind import DestinationKind
from engine.platform.leads import Lead
from engine.platform.money import Backing, Pricing
from engine.platform.platform import Expire, Platform
from engine.platform.scheduler import Timer

CommandHandler = Callable[[Any], Awaitable[Any]]
F = TypeVar("F", bound="Feature")
S = TypeVar("S")


class Measure(NamedTuple):
    """A number that Prometheus reads: its name (carillon_…), what it is, and its value now."""

    name: str
    help: str
    read: Callable[[], float]


class Feature:
    """What a feature offers; one that has nothing of a kind leaves that empty.

    It is built from the platform, and from the services of other features that it needs.
    """

    name: ClassVar[str]
    """Its folder."""
    events: ClassVar[tuple[type[Event], ...]] = ()
    """Those that only it writes: another one that offers them is refused."""
    announces: ClassVar[tuple[Entry, ...]] = ()
    """What customers hear of it: the names that they subscribe to, and what each says."""
    tables: ClassVar[tuple[Table, ...]] = ()
    """What an account has of it for as long as it is open; each has a column `account`."""
    books: ClassVar[tuple[Table, ...]] = ()
    """What is kept of a closed account until it is purged; each has a column `account`."""
    expires: Mapping[str, Expire] = {}
    """What of it goes when it is older than the settings say, by its name there."""
    services: Sequence[object] = ()
    """What the API calls; each is found by its class."""
    commands: Mapping[type[Command[Any]], CommandHandler] = {}
    """Those that it carries out; the engine hands them on."""
    consumers: Sequence[Consumer] = ()
    """What reacts to events."""
    timers: Mapping[str, Timer] = {}
    """By the kind of work that is due (engine.platform.due_work): who does it."""
    destinations: Sequence[DestinationKind] = ()
    """The kinds of destination that it resolves."""
    prices: Mapping[str, Pricing] = {}
    """By the kind of what is sold: how it is priced."""
    sources: Mapping[str, SourceOf] = {}
    """By the scheme of a Play's source (`upload` of upload:NAME): who makes the prompt."""
    metrics: Sequence[Measure] = ()
    conversations: Mapping[str, Conversation] = {}
    """Who leads conversations with calls by voice and keys, by topic (engine.tasks.converse)."""
    conference_rules: RulesOf | None = None
    """The rules of the account's conferences whose names are its own, whoever enters them first."""
    bars: Sequence[Bar] = ()
    """What it has against calls: each says why one may not be placed now, in the transaction that stores the call."""
    backings: Sequence[Backing] = ()
    """Each says of which of its work a call is a part, so that the money held for that work pays for the call."""
    codes: Mapping[str, Code] = {}
    """What phones may dial besides numbers, e.g. *97, and what answers it."""
    codes_with: Mapping[str, CodeWith] = {}
    """Those that a number may follow, e.g. *72."""

    async def on_media_server(self) -> None:
        """Tell an Asterisk that may know nothing of us what it must know; its endpoints are there.

        Called at each start of the controller and of Asterisk, before calls are taken; raises Unreachable.
        """

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """What it has of an account (its id) that leads to destinations: a place where one may be named."""
        return ()

    def leave(self, conn: Connection, account: str) -> None:
        """Let go of what an account has outside of `tables`, such as files; in the transaction that closes it."""

    def forget_person(self, conn: Connection, account: str, user: str) -> None:
        """Let go of what a user of an account (their ids) has; in the transaction that removes the user."""

    async def closed(self, account: str) -> None:
        """End what an account (its id) has under way; called after the account was removed, or purged."""

    async def start(self) -> None:
        """Begin what it does by itself; called after the settings were read, before calls are taken."""

    async def stop(self) -> None:
        """End it; what is left is done after the next start."""


class Features:
    """The features of this process. They start in the order in which they are added, and stop in the opposite one."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._all: list[Feature] = []
        self._services: dict[type, object] = {}
        self._commands: dict[type[Command[Any]], CommandHandler] = {}
        self._writers: dict[type[Event], str] = {}

    def add(self, feature: F) -> F:
        """Make a feature known with all that it offers; raises ValueError for what another one offers already."""
        platform = self._platform
        for service in feature.services:
            _put(self._services, type(service), service, feature)
        for command, handler in feature.commands.items():
            _put(self._commands, command, handler, feature)
        for event in feature.events:
            _put(self._writers, event, feature.name, feature)
        platform.catalogue.add(feature.announces)
        for kind, timer in feature.timers.items():
            platform.scheduler.register(kind, timer.handler, at_once=timer.at_once)
        for consumer in feature.consumers:
            platform.consumers.add(consumer)
        for destination in feature.destinations:
            platform.kinds.add(destination)
        platform.bars += feature.bars
        platform.backings += feature.backings
        for topic, conversation in feature.conversations.items():
            if platform.conversations.setdefault(topic, conversation) is not conversation:
                raise ValueError(f"two features lead conversations about {topic!r}")
        if feature.conference_rules:
            platform.conference_rules.append(feature.conference_rules)
        for code, answers in feature.codes.items():
            platform.codes.add(code, answers)
        for code, answers_with in feature.codes_with.items():
            platform.codes.add_with(code, answers_with)
        for what, pricing in feature.prices.items():
            platform.prices.add(what, pricing)
        for scheme, source in feature.sources.items():
            if platform.prompts.sources.setdefault(scheme, source) is not source:
                raise ValueError(f"two features make the prompts of {scheme}:")
        for name, expire in feature.expires.items():
            if platform.expiring.setdefault(name, expire) is not expire:
                raise ValueError(f"two features let {name!r} expire")
        platform.owned.while_open += feature.tables
        platform.owned.books += feature.books
        platform.owned.leaving.append(feature.leave)
        platform.owned.person_leaving.append(feature.forget_person)
        platform.leads.append(feature.leads)
        platform.owned.on_closed.append(feature.closed)
        self._all.append(feature)
        return feature

    def __getitem__(self, service: type[S]) -> S:
        """Return a feature's service by its class; raises KeyError where no feature has it."""
        found = self._services[service]
        assert isinstance(found, service)
        return found

    @property
    def commands(self) -> Mapping[type[Command[Any]], CommandHandler]:
        """The commands that features carry out."""
        return self._commands

    @property
    def metrics(self) -> list[Measure]:
        """What Prometheus reads of features."""
        return [measure for feature in self._all for measure in feature.metrics]

    async def on_media_server(self) -> None:
        """Let each tell an Asterisk what it must know; raises Unreachable."""
        for feature in self._all:
            await feature.on_media_server()

    async def start(self) -> None:
        """Start all; if one fails, those before it are stopped, and its error is raised."""
        started: list[Feature] = []
        try:
            for feature in self._all:
                await feature.start()
                started.append(feature)
        except BaseException:
            for feature in reversed(started):
                await feature.stop()
            raise

    async def stop(self) -> None:
        """Stop all."""
        for feature in reversed(self._all):
            await feature.stop()


def _put(into: dict[type, Any], kind: type, value: object, feature: Feature) -> None:
    if kind in into:
        raise ValueError(f"the feature {feature.name!r} offers {kind.__name__}, which another one offers already")
    into[kind] = value
