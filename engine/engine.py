"""The engine: starts, stops, takes commands; wires the call core by hand."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from engine.ari import generated as ari
from engine.ari.bus import NEVER_CALLS, Bus
from engine.ari.client import AriClient
from engine.ari.connection import AriConnection
from engine.ari.errors import Replaced
from engine.calls.admission_protocol import Admission
from engine.calls.conversation import Conversations
from engine.calls.directory import Directory
from engine.calls.inbound import Reception
from engine.calls.media_watch import MediaWatch
from engine.calls.outbound import OutboundCalls
from engine.calls.recovery import CallRecovery
from engine.calls.referring import Referrals
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.calls.task_interface import CallRoles
from engine.calls.trunk_gate import OpenGate, TrunkGate
from engine.calls.watch import Watch
from engine.commands import (
    Command,
    EngineUnavailable,
    Enqueue,
    PlaceCall,
    Redirect,
    Reply,
    StartConference,
    TransferCall,
)
from engine.conferences.conferences import Conferences
from engine.dispatcher import Dispatcher
from engine.events import QuestionAsked
from engine.media.prompts import Prompts
from engine.media.recordings import RecordingFiles
from engine.model.call import Call
from engine.model.conference_rules import RulesOf, no_rules
from engine.settings import EngineSettings
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.tasks import TaskRow
from engine.store.unmatched_calls import UnmatchedCall
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
R = TypeVar("R")
_STORED = (PlaceCall, Enqueue, StartConference, Reply, Redirect, TransferCall)  # accepted when they are committed


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What an engine is made of.

    `on_media_server` is awaited when an Asterisk is met that may know nothing of us. `on_question` takes what a call
    asks the customer; it is answered by a Reply. `on_unmatched` takes the calls by a trunk that reached no number,
    `on_sip_call_id` the id of each call with its SIP Call-ID.
    `conversations`: who leads conversations with calls, by topic. `rules_of` gives conferences rules by their names.
    `gate` is asked before a trunk is dialled.
    """

    client: AriClient
    database: Database
    writer: Writer
    prompts: Prompts
    files: RecordingFiles
    admission: Admission
    directory: Directory
    settings: EngineSettings
    on_media_server: Callable[[], Awaitable[None]]
    on_question: Callable[[QuestionAsked], None]
    on_unmatched: Callable[[UnmatchedCall], None]
    on_sip_call_id: Callable[[str, str], None] = lambda call, sip_call_id: None
    conversations: Conversations = field(default_factory=dict)
    rules_of: RulesOf = no_rules
    gate: TrunkGate = field(default_factory=OpenGate)
    clock: Callable[[], float] = time.time


class Engine:
    """Runs the calls and conferences of one ARI application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bus = Bus(unclaimed=self._unclaimed)
        self._leaving = False
        self.services = CallServices(
            client=parts.client,
            bus=self._bus,
            database=parts.database,
            writer=parts.writer,
            prompts=parts.prompts,
            files=parts.files,
            admission=parts.admission,
            gate=parts.gate,
            directory=parts.directory,
            rules_of=parts.rules_of,
            settings=parts.settings,
            clock=parts.clock,
            watch=Watch(parts.writer, parts.settings.ari_application, parts.clock),
            conversations=parts.conversations,
            on_sip_call_id=parts.on_sip_call_id,
            ask=parts.on_question,
            on_refer=self._refer,
            leaving=lambda: self._leaving,
        )
        self.registry = Registry()
        self._referrals = Referrals(self.registry)
        self.conferences = Conferences(self.services, self.registry)
        self._outbound = OutboundCalls(self.services, self.registry, self._make)
        self.conferences.outbound = self._outbound
        self._reception = Reception(self.services, self.registry, parts.directory, self._make, parts.on_unmatched)
        self._recovery = CallRecovery(self.services, self.registry, self._make)
        self._dispatcher = Dispatcher(self.registry, self.conferences, self._outbound)
        self._connection = AriConnection(
            parts.client, self._bus, on_connected=self._on_connected, on_lost=self._on_lost
        )
        self._task: asyncio.Task[None] | None = None
        self._noting: asyncio.Task[None] | None = None
        self._media_watch: asyncio.Task[None] | None = None
        self._recovered = False
        self._media_server_since: str | None = None
        self.replaced = asyncio.Event()
        self._ready = asyncio.Event()  # set too when it leaves: who waited is refused then

    async def start(self) -> None:
        """Begin to listen to Asterisk; calls are taken once it answers."""
        await self._parts.client.open()
        self._task = asyncio.create_task(self._listen(), name="ari events")
        watching = self.services.watch.run(lambda: len(self.registry) > 0)
        self._noting = asyncio.create_task(watching, name="signs of life")
        self._media_watch = asyncio.create_task(MediaWatch(self.registry).run(), name="media watch")

    async def stop(self) -> None:
        """Leave: every call stays up in Asterisk, for the next controller. The caller refuses ARI commands first.

        Everything is cancelled before anything is waited for: a queue that continued meanwhile would see its
        commands refused, and fail task after task. Stopping twice is harmless.
        """
        self._leaving = True
        self._outbound.open = False
        self._ready.set()
        self.services.watch.note()
        tasks = [task for task in (self._task, self._noting, self._media_watch) if task]
        for task in tasks:
            task.cancel()
        self._reception.cancel()
        self.conferences.cancel()
        self.registry.cancel()
        await self._reception.stop()
        await self.conferences.stop()
        await self.registry.stop()
        if tasks:
            await asyncio.wait(tasks)
        await self._parts.client.close()

    def carries_out(self, handlers: Mapping[type[Command[Any]], Callable[[Any], Awaitable[Any]]]) -> None:
        """Take the commands of features too, which carry them out themselves."""
        self._dispatcher.add(handlers)

    @property
    def available(self) -> bool:
        """Whether new work is taken."""
        return self._outbound.open

    def live(self, call: str) -> Call | None:
        """A call that is up, as it is now; None where this engine has none of that id."""
        session = self.registry.get(call)
        return session.call if session else None

    async def ready(self) -> None:
        """Wait until new work is taken, or this engine leaves and refuses it."""
        await self._ready.wait()

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises engine.commands.CommandRefused.

        One of a feature does not wait for Asterisk: the feature says itself what it cannot do now.
        """
        known = self._recovered or not self._dispatcher.is_of_calls(command)
        if self._leaving or not known:  # a live call may be one that is not known here (any more)
            raise EngineUnavailable("The telephone engine is starting or stopping. Try again.")
        if self._parts.writer.out and isinstance(command, _STORED):
            raise EngineUnavailable("The store cannot be reached now. Try again.")
        try:
            return await self._dispatcher.submit(command)  # type: ignore[no-any-return]
        except StoreError as error:
            raise EngineUnavailable(f"The store accepts nothing now: {error}") from error

    # Asterisk

    async def _listen(self) -> None:
        try:
            await self._connection.run()
        except Replaced:
            log.error("Another controller has taken over; this one steers no call any more.")
            self._outbound.open = False
            self.replaced.set()

    async def _on_connected(self) -> None:
        client = self._parts.client
        info = await client.asterisk.get_info(only=["status"])
        since = info.status.startup_time if info.status else ""
        if since != self._media_server_since:
            await self._parts.on_media_server()
        await client.applications.subscribe(client.application, event_source="channel:")
        channels = await client.channels.list()
        if not self._recovered:
            calls, conferences = await self._recovery.read(), await self.conferences.read()
            self._recovered = True  # nothing is waited for from here on: it is done once, and whole
            self._recovery.restore(calls, channels)
            self.conferences.restore(conferences)
            self._recovery.run_all()
            self.conferences.run_all()
        self._reception.catch_up(channels, self.registry)
        self.conferences.sweep()
        self._media_server_since = since
        self._outbound.open = True
        self._ready.set()
        self.services.watch.begin()

    def _on_lost(self) -> None:
        self._outbound.open = False
        if not self._leaving:
            self._ready.clear()
        self.services.watch.lose()

    def _unclaimed(self, event: ari.AnyEvent) -> None:
        if isinstance(event, ari.StasisStart) and not event.channel.name.startswith(NEVER_CALLS):
            self._reception.arrive(event)
        else:
            self._reception.orphans.notice(event)

    def _refer(self, call: str, event: ari.ChannelTransfer) -> None:
        if session := self.registry.get(call):
            self._referrals.refer(session, event)

    def _make(self, call: Call, rows: Sequence[TaskRow]) -> Session:
        def roles(session: Session) -> CallRoles:
            return CallRoles(session, self._outbound, self.conferences)

        return Session(self.services, call, self.conferences, roles, rows)
