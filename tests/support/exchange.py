"""A telephone exchange for tests: the engine on a fake Asterisk and a real store, under a clock that jumps.

exchange.call(Play(source="..."))            an outbound call that was answered, with these tasks queued
await exchange.event(TaskEnded, task=...)    the first such event there is or will be
exchange.story(call.id)                      what was told of a call so far, in short words
await exchange.leave(); await exchange.start()   the controller goes, the next one comes

Over 300 lines: one double that behaves as a whole; cut up it would be harder to follow.
"""

import asyncio
import time
import wave
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from engine.ari.client import AriClient
from engine.ari.errors import Detached
from engine.calls.conversation import Conversation
from engine.calls.trunk_gate import OpenGate, TrunkGate
from engine.commands import Command, Enqueue, PlaceCall
from engine.engine import Engine, Parts
from engine.events import (
    CallAnswered,
    CallEnded,
    DigitPressed,
    DigitReceived,
    Event,
    QuestionAsked,
    RootEnded,
    TaskEnded,
    TaskStarted,
)
from engine.media.recordings import RecordingFiles
from engine.model.call import Call, CallState, Direction
from engine.model.conference_rules import ConferenceRules
from engine.model.leg_options import LegOptions
from engine.settings import EngineSettings
from engine.store import accounts, calls, events, tasks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.tasks import TaskRow
from engine.store.unmatched_calls import UnmatchedCall
from engine.store.writer import Writer
from engine.tasks.kinds import AnyTask
from engine.tasks.results import Completed, Digits, Discarded, Failed, Stopped
from engine.tasks.task import Phase, TaskState
from tests.fakes.ari import FakeAri
from tests.fakes.ari_world import Json
from tests.support.clock import settled
from tests.support.doubles import ScriptedAdmission, ScriptedDirectory, ScriptedPrompts, watched_writer

ACCOUNT = "acct-1"
APPLICATION = "carillon-0"
PATIENCE = 1000.0  # virtual seconds
R = TypeVar("R")
E = TypeVar("E")


class Exchange:
    patience = PATIENCE

    def __init__(self, asterisk: FakeAri, database: Database, folder: Path) -> None:
        self.asterisk, self.database, self.folder = asterisk, database, folder
        self.admission, self.directory, self.prompts = ScriptedAdmission(), ScriptedDirectory(), ScriptedPrompts()
        self.told: list[Event] = []
        self.media_servers_met = 0
        self.unmatched: list[UnmatchedCall] = []
        self.sip_call_ids: list[tuple[str, str]] = []
        self.conversations: dict[str, Conversation] = {}
        self.rules: dict[str, ConferenceRules] = {}
        self.settings = EngineSettings(ari_application=APPLICATION, recordings=folder)
        self.gate: TrunkGate = OpenGate()
        self.engine: Engine
        self.writer: Writer
        self._news = asyncio.Condition()
        self._leaving = False
        self._started = False
        self.questions: list[QuestionAsked] = []
        self._began = time.time() - asyncio.get_running_loop().time()
        self._since = self.clock()
        self._emit = asterisk.world.emit
        asterisk.world.emit = self._overhear

    def clock(self) -> float:
        return self._began + asyncio.get_running_loop().time()

    # The controller

    async def start(self) -> Self:
        """A controller comes and takes over what is there."""
        self.begin()
        await settled()
        assert self.engine.available
        return self

    def begin(self) -> None:
        """A controller begins to start; do not wait for it."""
        self._leaving = False
        self.writer = watched_writer(self.database, APPLICATION, self._feed)
        client = AriClient(self.asterisk.url, "carillon", "secret", APPLICATION, before_command=self._may_command)
        self.engine = Engine(
            Parts(
                client=client,
                database=self.database,
                writer=self.writer,
                prompts=self.prompts,  # type: ignore[arg-type]
                files=RecordingFiles(self.folder),
                admission=self.admission,
                gate=self.gate,
                directory=self.directory,
                settings=self.settings,
                on_media_server=self._met_media_server,
                on_question=self._asked,
                on_unmatched=self.unmatched.append,
                on_sip_call_id=lambda call, sip_call_id: self.sip_call_ids.append((call, sip_call_id)),
                conversations=self.conversations,
                rules_of=lambda account, name: self.rules.get(name),
                clock=self.clock,
            )
        )
        self._starting = asyncio.create_task(self._start(), name="start of the engine")

    async def _start(self) -> None:
        await self.writer.claim()
        await self.engine.start()
        self._started = True

    async def leave(self) -> None:
        """The controller goes; calls stay."""
        self._leaving = True
        await self._starting
        await self.engine.stop()
        await self.writer.stop()
        self._started = False

    async def close(self) -> None:
        if self._started:
            await self.leave()

    def _may_command(self) -> None:
        if self._leaving:
            raise Detached("command", "this controller is leaving")

    async def _met_media_server(self) -> None:
        self.media_servers_met += 1

    def _feed(self, stored: list[StoredEvent]) -> None:
        self.told += [one.event for one in stored]
        waking = asyncio.create_task(self._wake(), name="news for the test")
        self._waking = waking

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _asked(self, question: QuestionAsked) -> None:
        self.questions.append(question)

    def _overhear(self, event: Json) -> None:
        """Asterisk's recordings become files."""
        if event["type"] == "RecordingStarted":
            self.write_recording(event["recording"]["name"])
        self._emit(event)

    def write_recording(self, name: str, seconds: float = 1.5) -> None:
        with wave.open(str(self.folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\1\0" * int(8000 * seconds))

    # What is asked of it

    async def submit(self, command: Command[R]) -> R:
        return await self.engine.submit(command)

    async def place(self, *queued: AnyTask, callee: str = "12015550100", **fields: Any) -> Call:
        """An outbound call; returned when it is accepted."""
        options = LegOptions(**{name: fields.pop(name) for name in LegOptions.__struct_fields__ if name in fields})
        return await self.submit(PlaceCall(account=ACCOUNT, callee=callee, tasks=queued, options=options, **fields))

    async def dialled(self, *queued: AnyTask, **fields: Any) -> Call:
        """An outbound call that was dialled."""
        call = await self.place(*queued, **fields)
        await self.asterisk.asked("POST", f"/channels/{call.id}/dial")
        await settled()
        return call

    async def call(self, *queued: AnyTask, **fields: Any) -> Call:
        """An outbound call that was answered."""
        call = await self.dialled(*queued, **fields)
        self.asterisk.picks_up(call.id)
        await self.event(CallAnswered, subject=call.id)
        await settled()
        return call

    async def enqueue(self, owner: str, *added: AnyTask) -> tuple[str, ...]:
        return await self.submit(Enqueue(account=ACCOUNT, owner=owner, tasks=added))

    # What it tells

    async def event(self, kind: type[E], /, *, times: int = 1, **fields: Any) -> E:
        """The `times`th event of this kind with these fields, of those that were and those that will be."""
        found: list[E] = []

        def enough() -> bool:
            found[:] = [one for one in self.told if isinstance(one, kind) and _fits(one, fields)]
            return len(found) >= times

        async with asyncio.timeout(self.patience), self._news:
            await self._news.wait_for(enough)
        return found[times - 1]

    async def ended(self, call: str) -> CallEnded:
        return await self.event(CallEnded, subject=call)

    def told_of(self, kind: type[E], /, **fields: Any) -> list[E]:
        return [one for one in self.told if isinstance(one, kind) and _fits(one, fields)]

    def story(self, subject: str) -> list[str]:
        """What was told of a call or conference, in short words."""
        return [short(one) for one in self.told if one.subject == subject]

    async def task_of(self, call: str, kind: str, times: int = 1) -> str:
        """The id of a call's started task."""
        return (await self.event(TaskStarted, subject=call, kind=kind, times=times)).task

    async def played(self, pattern: str = "*", times: int = 1) -> str:
        """The id of a playback that Asterisk was asked for."""
        return (await self.asterisk.asked("POST", f"/*/*/play/{pattern}", times)).path.rpartition("/")[2]

    # What is stored

    async def stored(self, call: str) -> Call:
        found = await self.database.read(lambda conn: calls.get(conn, call))
        assert found
        return found

    async def rows(self, owner: str) -> list[TaskRow]:
        return await self.database.read(lambda conn: tasks.of(conn, owner))

    async def told_once_each(self) -> None:
        """The contract of events: each is in the store once and in order, each queued task ended once."""
        roots = {one.root for one in self.told}
        for root in roots:
            stored = await self.database.read(lambda conn, root=root: events.of_root(conn, root))  # type: ignore[misc]
            assert [one.event.sequence for one in stored] == list(range(1, len(stored) + 1))
            assert [one.event.id for one in stored] == [one.id for one in self.told if one.root == root]
        for call in {one.subject for one in self.told if isinstance(one, CallEnded)}:
            story = [one for one in self.told if one.subject == call and not isinstance(one, RootEnded)]
            assert isinstance(story[-1], CallEnded), self.story(call)
            assert len(self.told_of(CallEnded, subject=call)) == 1
            for row in await self.rows(call):
                if row.ended and row.ended < self._since:
                    continue
                assert len(self.told_of(TaskEnded, task=row.id)) == 1, (row, self.story(call))
                assert len(self.told_of(TaskStarted, task=row.id)) <= 1, (row, self.story(call))
                assert row.state not in (TaskState.QUEUED, TaskState.RUNNING), row
            await self._told_whole(call)

    async def _told_whole(self, call: str) -> None:
        """A whole's end is told once, as the last of its root's events, and of no other call."""
        stored = await self.stored(call)
        legs = await self.database.read(lambda conn: calls.by_root(conn, stored.root))
        rooted = any(leg.id == stored.root for leg in legs)
        tree_event = stored.reports_tree and rooted and all(leg.ended for leg in legs)
        assert len(self.told_of(RootEnded, root=stored.root)) == (1 if tree_event else 0), self.story(stored.root)
        if tree_event:
            assert isinstance([one for one in self.told if one.root == stored.root][-1], RootEnded)

    # What an earlier controller left behind

    async def left_behind(self, *left: "Left", state: CallState = CallState.ANSWERED, channel: str | None = "Up",
                          **fields: Any) -> Call:  # fmt: skip
        """A call in the store (and in Asterisk, in this state) that no controller has; before start()."""
        at = self.clock()
        id = fields.pop("id", f"call-left{len(self.told)}{int(at * 1000)}")
        call = Call(
            **{"id": id, "root": id, "account": ACCOUNT, "direction": Direction.OUTBOUND, "caller": "15550001",
               "callee": "12015550100", "state": state, "created": at - 60, "channel_id": id,
               "answered": at - 50 if state is CallState.ANSWERED else None} | fields
        )  # fmt: skip

        def unit(conn: Any) -> None:
            calls.insert(conn, call)
            tasks.append(conn, call.id, [one.task for one in left], at - 60)
            for one in left:
                if one.state is TaskState.RUNNING:
                    tasks.begin(conn, one.task.id, at - one.ago, one.phase)
                    if one.started:
                        tasks.started(conn, one.task.id, at - one.ago, one.phase)
                elif one.state is TaskState.COMPLETED:
                    tasks.end(conn, one.task.id, one.state, Completed(one.result), at - one.ago)

        await self.database.transact(unit)
        if channel:
            self.put_channel(call.channel_id, channel)
        return call

    def put_channel(self, id: str, state: str, args: str = "outbound", name: str = "PJSIP/trunk-lab") -> None:
        """A channel that has been in our application for a while."""
        dialplan = {"context": "default", "exten": "s", "priority": 1, "app_name": "Stasis",
                    "app_data": f"{APPLICATION},{args}"}  # fmt: skip
        self.asterisk.world.add_channel(id, name, state, dialplan=dialplan)
        self.asterisk.world.in_stasis.add(id)
        self.asterisk.world.subscribed.add(id)

    def put_playback(self, id: str, channel: str) -> None:
        self.asterisk.world.playbacks[id] = {
            "id": id, "media_uri": "sound:x", "target_uri": f"channel:{channel}", "language": "en", "state": "playing",
        }  # fmt: skip

    def put_recording(self, name: str, channel: str) -> None:
        self.write_recording(name)
        self.asterisk.world.recordings[name] = {
            "name": name, "format": "wav", "target_uri": f"channel:{channel}", "state": "recording",
        }  # fmt: skip


class Left(msgspec.Struct, kw_only=True):
    """A task as an earlier controller left it; it was begun `ago` seconds before now."""

    task: AnyTask
    state: TaskState = TaskState.RUNNING
    phase: Phase = Phase.NONE
    ago: float = 1.0
    started: bool = True
    result: Any = None


def _fits(event: Any, fields: dict[str, Any]) -> bool:
    return all(getattr(event, name) == value for name, value in fields.items())


def short(event: Event) -> str:
    """An event in short words: "play started", "wait_for_digits completed 12", "ended busy by far"."""
    match event:
        case TaskStarted():
            return f"{event.kind} started"
        case DigitPressed():
            return f"pressed {event.digit}" + ("" if event.kept else " for nobody")
        case DigitReceived():
            return f"{event.kind} heard {event.digit}" + ("" if event.accepted else " misfire")
        case TaskEnded(outcome=Completed(result=Digits() as result)):
            return f"{event.kind} completed {result.digits}" + (" timed out" if result.timed_out else "")
        case TaskEnded(outcome=Completed()):
            return f"{event.kind} completed"
        case TaskEnded(outcome=Stopped(reason=reason)):
            return f"{event.kind} stopped {reason}"
        case TaskEnded(outcome=Failed(reason=reason)):
            return f"{event.kind} failed {reason}"
        case TaskEnded(outcome=Discarded(reason=reason)):
            return f"{event.kind} discarded {reason}"
        case CallEnded():
            return f"ended {event.cause} by {event.hung_up_by}"
        case _:
            return str(event.__struct_config__.tag).replace("_", " ")


async def make_exchange(asterisk: FakeAri, url: str, folder: Path) -> Exchange:
    database = Database(url)
    await database.transact(lambda conn: accounts.create(conn, Account(id=ACCOUNT, name="acme", created=1000.0)))
    return Exchange(asterisk, database, folder)
