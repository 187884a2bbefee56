"""A town that is called: what each number does is the test's to say. The controller can be killed and started again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, update

from engine.calls.admission_protocol import Route
from engine.commands import (
    CallBarred,
    CommandRefused,
    EngineUnavailable,
    HangUpCall,
    NoSuchCall,
    NumberRefused,
    PlaceCall,
)
from engine.events import CallEnded, DigitReceived, Event, TaskEnded, TaskStarted
from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.campaigns import moves, placing
from engine.features.campaigns.contact import Contact, NewContact, Status
from engine.features.campaigns.do_not_call import DoNotCallLists
from engine.features.campaigns.feature import CampaignsFeature
from engine.features.campaigns.model import Campaign, NewCampaign, Options, Start
from engine.features.campaigns.opening import noting
from engine.features.campaigns.service import CampaignService
from engine.features.destinations.feature import DestinationsFeature
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.ids import new_id
from engine.media import RecordingFiles
from engine.media.prompts import Prompt
from engine.model.call import CallState
from engine.model.cause import HangupCause
from engine.platform import due_work
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import accounts, calls, events
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.tables import accounts as accounts_table
from engine.tasks.converse import Converse
from engine.tasks.results import Completed, Done, Stopped
from tests.engine.store.samples import a_call
from tests.support.clock import VirtualLoop, settled
from tests.support.doubles import watched_writer

NOW = 1_800_000_000.0
"""2027-01-15 08:00 UTC, a Friday."""
MESSAGE_SECONDS = 4.0
OURS = ("scheduler", "consume events", moves.KIND, "place ", "end the calls")
"""What the tasks of a controller are called."""


_BY = {HangupCause.NO_ROUTE: "network", HangupCause.NO_RESPONSE: "network", HangupCause.OVER_LIMIT: "us"}


class Person(NamedTuple):
    """What a number does: how long it rings, and then why it was not answered (None: it answers).

    `hears` is the share of the message after which it hangs up (1: it does not). `presses` are keys, pressed after the
    answer. `machine`: an answering machine.
    """

    rings: float = 2.0
    cause: HangupCause | None = None
    hears: float = 1.0
    presses: str = ""
    machine: bool = False
    answered_cause: HangupCause = HangupCause.NORMAL


PLAIN = Options()
ANSWERS = Person()
BUSY = Person(cause=HangupCause.BUSY)


class Spoken:
    """Prompts that need no voice."""

    def __init__(self) -> None:
        self.sources: dict[str, Any] = {}
        self.said: list[str] = []

    async def say(
        self, text: str, *, locale: str = "", voice: str = "", ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        self.said.append(text)
        return Prompt(path="/prompts/said", seconds=MESSAGE_SECONDS)

    async def prepare(self, source: str, *, allow_private: bool = False) -> Prompt:
        return Prompt(path="/prompts/played", seconds=MESSAGE_SECONDS)


class Dialled(NamedTuple):
    """A call that was placed."""

    at: float
    number: str
    call: str
    command: PlaceCall


class Network:
    """Places calls as the engine does, and lets people do what they do."""

    def __init__(self, town: "Town") -> None:
        self._town = town
        self.people: dict[str, Person] = {}
        self.everybody = ANSWERS
        self.dialled: list[Dialled] = []
        self.refusals: list[CommandRefused] = []
        self.errors: list[BaseException] = []
        self.open = asyncio.Event()
        self.open.set()
        self.lives: dict[str, asyncio.Task[None]] = {}
        self.hung_up: list[str] = []
        self.before_store: Callable[[Connection, PlaceCall], None] = lambda conn, command: None
        self.before_end: Callable[[PlaceCall, HangupCause], Awaitable[None]] = _nothing

    async def ready(self) -> None:
        await self.open.wait()

    async def submit(self, command: Any) -> Any:
        if not self.open.is_set():
            raise EngineUnavailable("The telephone engine is starting or stopping. Try again.")
        if isinstance(command, HangUpCall):
            self.hung_up.append(command.call)
            life = self.lives.get(command.call)
            if life is None or life.done():
                raise NoSuchCall("There is no such live call in this account.")
            life.cancel(command.cause.value)
            return None
        assert isinstance(command, PlaceCall) and command.id
        if self.refusals:
            raise self.refusals.pop(0)
        call = a_call(
            command.id,
            account=command.account,
            callee=command.callee,
            state=CallState.QUEUED,
            created=self._town.clock(),
        )

        def unit(conn: Connection) -> str | None:
            self.before_store(conn, command)
            for bar in self._town.platform.bars:
                if why := bar(conn, call):
                    return why
            calls.insert(conn, call)
            return None

        if why := await self._town.writer.write(unit):
            raise CallBarred(why)
        self.dialled.append(Dialled(self._town.clock(), command.callee, command.id, command))
        life = asyncio.create_task(self._live(command), name=f"life {command.id}")
        life.add_done_callback(self._done)
        self.lives[command.id] = life
        return call

    def forget(self) -> None:
        """End what the people do, at once and without an event."""
        for life in self.lives.values():
            life.cancel("gone")

    def _done(self, life: "asyncio.Task[None]") -> None:
        if not life.cancelled() and (error := life.exception()):
            self.errors.append(error)

    @property
    def numbers(self) -> list[str]:
        return [one.number for one in self.dialled]

    async def _live(self, command: PlaceCall) -> None:
        person = self.people.get(command.callee, self.everybody)
        began = answered = None
        try:
            await asyncio.sleep(person.rings)
            if person.cause is not None:
                await self.before_end(command, person.cause)
                return await self._end(command, person.cause, _BY.get(person.cause, "far"), None)
            answered = self._town.clock()
            for digit in person.presses:
                await self._town.tell(command, DigitReceived, task="t", kind="detect_dtmf", digit=digit,
                                      accepted=True, call=command.id)  # fmt: skip
            if person.machine and _detects(command) == "hang_up":
                await self._town.note_machine(command)
                return await self._end(command, HangupCause.NORMAL, "us", answered)
            began = self._town.clock()
            await self._town.tell(command, TaskStarted, task="m", kind="say")
            await asyncio.sleep(MESSAGE_SECONDS * person.hears)
            if person.answered_cause is not HangupCause.NORMAL:
                await self._message_ended(command, stopped=True)
                return await self._end(command, person.answered_cause, "network", answered)
            await self._message_ended(command, stopped=person.hears < 1)
            await self._end(command, HangupCause.NORMAL, "far" if person.hears < 1 else "us", answered)
        except asyncio.CancelledError as error:
            if error.args == ("gone",):
                raise
            if began is not None:
                await self._message_ended(command, stopped=True)
            await self._end(command, HangupCause(error.args[0]), "us", answered)

    async def _message_ended(self, command: PlaceCall, *, stopped: bool) -> None:
        outcome = Stopped("call_ended") if stopped else Completed(Done())
        await self._town.tell(command, TaskEnded, task="m", kind="say", outcome=outcome)

    async def _end(self, command: PlaceCall, cause: HangupCause, by: str, answered: float | None) -> None:
        await self._town.end_call(command.account, command.id or "", cause, by, answered)


class Town:
    """A controller is between `begin` and `kill` or `end`. `clock` is Unix seconds, which pass with the loop's."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self._folder = database, folder
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._loop, self._began, self._ahead = loop, loop.time(), 0.0
        self.network = Network(self)
        self.prompts = Spoken()
        self.refused: set[str] = set()
        self.trunks: dict[str, str] = {}

    def clock(self) -> float:
        return NOW + self._loop.time() - self._began + self._ahead

    # What the rules of calls say

    def check(self, account: str, callee: str, caller: str | None) -> None:
        if callee in self.refused:
            raise NumberRefused("This account may not call that number.")

    def routes(self, account: str, digits: str, *, call: str = "") -> tuple[Route, ...]:
        return (Route(endpoint=f"PJSIP/{digits}@trunk-lab", trunk=self.trunks.get(digits, "lab")),)

    def allow_private(self, account: str) -> bool:
        return True

    # Life

    async def open(self) -> None:
        def unit(conn: Connection) -> Account:
            account, _ = account_settings.create(conn, NewAccount(name="acme"), ["own"])
            accounts.allow(conn, account.id, "")
            return account

        self.account = await self.database.transact(unit)
        await self.begin()

    async def close(self) -> None:
        self.network.forget()
        await asyncio.gather(*self.network.lives.values(), return_exceptions=True)
        await self.end()
        await self.database.close()

    async def begin(self) -> None:
        self.writer = watched_writer(self.database, "carillon-0", lambda events: None)
        self.platform = Platform(
            self.database,
            self.writer,
            RecordingFiles(self._folder),
            self.prompts,
            clock=self.clock,  # type: ignore[arg-type]
        )
        features = Features(self.platform)
        leading = features.add(DestinationsFeature(self.platform)).registry
        features.add(MessagingFeature(self.platform, leading, lambda application: None))
        features.add(CampaignsFeature(self.platform, self, lambda: self.network, features[MessageService]))
        self.features = features
        self.campaigns, self.lists = features[CampaignService], features[DoNotCallLists]
        await self.writer.claim()
        await self.platform.cache.load()
        await features.start()
        await self.platform.start()

    async def end(self) -> None:
        self.network.open.set()
        await self.platform.stop()
        await self.features.stop()
        await self.writer.stop()

    async def kill(self) -> None:
        """End the controller as a kill does: what was not passed to the writer's thread is lost, what runs is gone."""
        lost, self.writer._pending = self.writer._pending, []
        self._loop.busy(-len(lost))
        self.network.forget()  # before the store stops: a call that wrote meanwhile would find it stopped
        await self.writer.stop()
        self.network.forget()  # a call may begin while the store stops
        current = asyncio.current_task()
        mine = [task for task in asyncio.all_tasks() if task.get_name().startswith(OURS) and task is not current]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, *self.network.lives.values(), return_exceptions=True)

    async def restart(self, *, cause: HangupCause = HangupCause.MEDIA_NODE_LOST) -> None:
        """Start another controller; the calls that were up ended meanwhile."""
        live = await self.database.read(lambda conn: calls.live(conn, "carillon-0"))
        await self.begin()
        for call in live:
            await self.end_call(call.account, call.id, cause, "network", call.answered)

    # What happens in calls

    async def tell(self, command: PlaceCall, event_kind: type[Event], /, **fields: Any) -> None:
        event = event_kind(
            id=new_id("event"), account=command.account, subject=command.id, root=command.id, at=self.clock(), **fields
        )
        await self.writer.write(lambda conn: events.append(conn, event))

    async def end_call(self, account: str, id: str, cause: HangupCause, by: str, answered: float | None) -> None:
        now = self.clock()
        event = CallEnded(
            id=new_id("event"), account=account, subject=id, root=id, at=now, cause=cause.value, hung_up_by=by,
            answered=answered is not None, seconds=now - answered if answered else 0.0, price=0, currency="USD",
        )  # fmt: skip

        def unit(conn: Connection) -> None:
            call = calls.get(conn, id)
            assert call
            ended = msgspec.structs.replace(call, state=CallState.ENDED, ended=now, cause=cause, answered=answered)
            calls.update(conn, ended)
            events.append(conn, event)

        await self.writer.write(unit)

    async def note_machine(self, command: PlaceCall) -> None:
        """Do what the opening of a call does that found a machine."""
        await self.writer.write(noting(a_call(command.id or "")))

    # What a test does

    async def campaign(
        self,
        numbers: Sequence[str],
        options: Options = PLAIN,
        text: str = "Hello.",
        **fields: Any,
    ) -> Campaign:
        """Make a campaign with contacts."""
        message = {"text": text}
        wanted = msgspec.convert(
            {"name": "news", "message": message, "options": msgspec.to_builtins(options), **fields}, NewCampaign
        )
        made = await self.campaigns.create(SYSTEM, self.account.id, wanted)
        added = await self.campaigns.add_contacts(
            SYSTEM, self.account.id, made.id, [NewContact(number="+" + number) for number in numbers]
        )
        assert not added.bad, added.bad
        return made

    async def start(self, campaign: Campaign, start: Start | None = None) -> None:
        await self.campaigns.start(SYSTEM, self.account.id, campaign.id, start or Start())

    async def run(self, numbers: Sequence[str], options: Options = PLAIN, **fields: Any) -> Campaign:
        """Make a campaign and start it."""
        made = await self.campaign(numbers, options, **fields)
        await self.start(made)
        return made

    async def pass_seconds(self, seconds: float) -> None:
        """Let time pass, and all happen that does until then."""
        await asyncio.sleep(seconds)
        await settled()
        for error in self.network.errors:
            raise error

    def leap(self, seconds: float) -> None:
        """Set the clock ahead."""
        self._ahead += seconds
        self.platform.scheduler.wake()

    async def contacts(self, campaign: Campaign) -> dict[str, Contact]:
        found = await self.campaigns.contacts(self.account.id, campaign.id, limit=1000)
        return {contact.number: contact for contact in found}

    async def statuses(self, campaign: Campaign) -> dict[str, Status]:
        return {number: contact.status for number, contact in (await self.contacts(campaign)).items()}

    async def state(self, campaign: Campaign) -> str:
        return (await self.campaigns.get(self.account.id, campaign.id)).state

    async def due_rows(self) -> int:
        return len(await self.database.read(lambda conn: due_work.of_account(conn, moves.KIND)))

    async def told(self, kind: type[Event]) -> list[Any]:
        """Return the events of a kind, oldest first."""
        found = await self.database.read(lambda conn: events.after(conn, 0, 10_000))
        return [each.event for each in found if isinstance(each.event, kind)]

    async def set_account(self, **fields: Any) -> None:
        at = accounts_table.c.id == self.account.id
        await self.writer.write(lambda conn: conn.execute(update(accounts_table).where(at).values(**fields)))
        await self.platform.refresh()


async def _nothing(command: PlaceCall, cause: HangupCause) -> None:
    """Note nothing."""


def _detects(command: PlaceCall) -> str:
    for task in command.tasks:
        if isinstance(task, Converse):
            return msgspec.json.decode(task.state, type=placing.Opening).machine
    return "play"
