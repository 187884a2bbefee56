"""One live call, from its row to its CallEnded: its present state, its queue, and what waits for it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.channel import Channel
from engine.ari.errors import AriError
from engine.calls import call_tree
from engine.calls.account_prompts import Preparing
from engine.calls.admission_protocol import Cover, Held
from engine.calls.bridges import OwnedBridges
from engine.calls.call import Call, Direction, Party
from engine.calls.cause import CODES, HangupCause
from engine.calls.conference_directory import ConferenceDirectory
from engine.calls.credit import keep_covered, longest, priced, settle
from engine.calls.ending import Ending, event_of, left_by
from engine.calls.keypad import DigitRouter, PressedDigit
from engine.calls.services import CallServices
from engine.calls.silence import Silence
from engine.calls.state import CallState, Trigger, move
from engine.calls.typed_ahead import TypedAhead
from engine.events import AnyEvent, CallAnswered, CallDialing, CallRinging
from engine.store import calls, conferences, events
from engine.store.tasks import TaskRow
from engine.tasks.entry import StopReason
from engine.tasks.interfaces import Roles
from engine.tasks.join_conference import JoinConference
from engine.tasks.journal import Journal
from engine.tasks.queue import Queue
from engine.tasks.task import Requires, TaskState

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 5.0  # between attempts to hang up while Asterisk refuses
Life = Callable[["Session"], Awaitable[Ending]]


class Session:
    """A live call. Whoever made it runs `run`; everything else may be called at any time, from any task."""

    def __init__(
        self, services: CallServices, call: Call, conferences: ConferenceDirectory,
        make_roles: Callable[["Session"], Roles],
        rows: Sequence[TaskRow] = (),
    ) -> None:  # fmt: skip
        self.services, self.call, self.conferences = services, call, conferences
        self.journal = Journal(
            services.writer, services.clock, account=call.account, subject=call.id, root=call.root,
            data=lambda: self.call.data,
        )  # fmt: skip
        self.channel = Channel(services.client, services.bus, call.channel_id or call.id)
        self.typed_ahead = TypedAhead(self)
        self.digits = DigitRouter(self.typed_ahead)
        self.speaking = asyncio.Lock()
        self._bridge: str | None = None
        self.bridges = OwnedBridges()
        self.conference: str | None = None
        self.answered, self.hanging_up, self.gone, self.ended = (asyncio.Event() for _ in range(4))
        self.cover: Cover | None = None  # the money that is held for it; None: none has to be
        self.ours: Ending | None = None  # what we end it with, from the moment that we do
        self.ended_as: Ending | None = None  # from the moment that it is gone
        ran = [row for row in rows if row.state is TaskState.RUNNING]
        self.silence = Silence(self, restored=bool(call.answered or ran))
        self.prepare = Preparing(services, call.account)
        self.roles = make_roles(self)
        self._was_in = [row for row in ran if isinstance(row.task, JoinConference)]
        self.queue = Queue(self, self.journal, rows)
        self._side: set[asyncio.Task[Any]] = set()
        if call.state is CallState.ANSWERED:
            self.answered.set()

    @property
    def bridge(self) -> str | None:
        """The bridge that its channel is in: with the connected party, or a conference's."""
        return self._bridge

    @bridge.setter
    def bridge(self, bridge: str | None) -> None:
        self._bridge = bridge
        self.silence.update()

    # Its life

    async def run(self, life: Life) -> None:
        """Live from now to the last event; a cancellation leaves the call up in Asterisk, for the next controller."""
        queue = asyncio.create_task(self.queue.run(), name=f"queue {self.call.id}")
        queue.add_done_callback(self._notice)
        self.silence.update()
        if self.cover:
            self.spawn(keep_covered(self, self.cover), "money of")
        try:
            ending = await life(self)
        except asyncio.CancelledError:
            await cancelled([queue, *self._side])
            raise
        except Exception:
            log.exception("A call failed in a way nobody foresaw.", call=self.call.id)
            ending = Ending(cause=HangupCause.ERROR, by=Party.US)
            self.ours = self.ours or ending
            self.hanging_up.set()
            try:
                await self.remove_channel()
            except asyncio.CancelledError:
                await cancelled([queue, *self._side])
                raise
        self.ended_as = ending
        self.hanging_up.set()
        self.gone.set()
        await self.queue.close(StopReason.CALL_ENDED)
        await asyncio.sleep(0)  # what was spawned in this turn of the loop begins, else its clean-up would never run
        await cancelled([queue, *self._side])
        await self._close(ending)
        self.ended.set()
        await self.bridges.remove_all()

    async def _close(self, ending: Ending) -> None:
        now = self.services.clock()
        known_up = now if ending.known_up is None else max(ending.known_up, self.call.answered or self.call.created)
        call = msgspec.structs.replace(
            self.call,
            state=move(self.call.state, Trigger.END),
            ended=min(known_up, now),
            cause=ending.cause,
            hung_up_by=ending.by,
            sip_status=ending.sip_status,
        )
        call = self.call = priced(call, self.cover, self.services.admission)
        event = event_of(ending, call, self.journal.common(call.data))
        tree_unit = call_tree.on_leg_ended(call, self.services.admission) if call.reports_tree else None
        left = [left_by(row, self.journal.common(row.task.data)) for row in self._was_in]

        def unit(conn: Connection) -> None:
            calls.update(conn, call)
            for leaving in left:
                if conference := conferences.left_by(conn, call.id, leaving.task, leaving.at):
                    events.append(conn, msgspec.structs.replace(leaving, conference=conference))
            settle(conn, call, self.cover, now)
            events.append(conn, event)
            if not self.typed_ahead.empty:
                self.typed_ahead.clear(conn)
            if tree_unit:
                tree_unit(conn)

        await self.services.writer.write(unit, hurry=False)
        await self.services.admission.release(call.account, call.id)

    def hold(self, cover: Cover | None, held: Held) -> None:
        """Note the money that was held for it; one that costs nothing needs none."""
        if cover and held.amount:
            self.cover, cover.held = cover, held

    # Its events

    def dialing(self, channel_id: str, trunk: str | None) -> Awaitable[None]:
        """An INVITE is about to go out on this channel; to be awaited before it does."""
        self.channel = Channel(self.services.client, self.services.bus, channel_id)
        event = CallDialing(**self.journal.common(self.call.data), trunk=trunk)  # type: ignore[arg-type]
        return self._change(Trigger.DIAL, event, channel_id=channel_id, trunk=trunk, sip_call_id=None)

    def note_dialled(self) -> None:
        """The INVITE went out: with the SIP Call-ID in the store, a restarted controller does not dial again."""
        call = self.call
        self.services.writer.post(lambda conn: calls.update(conn, call))

    def note_ringing(self) -> None:
        """The far party's phone rings."""
        if self.call.state is CallState.DIALING:
            event = CallRinging(**self.journal.common(self.call.data))  # type: ignore[arg-type]
            self._post(Trigger.RING, event)

    def note_answered(self) -> None:
        """The call was answered."""
        if self.call.state in (CallState.DIALING, CallState.RINGING):
            event = CallAnswered(**self.journal.common(self.call.data))  # type: ignore[arg-type]
            self._post(Trigger.ANSWER, event, answered=self.services.clock())
            self.answered.set()
            self.silence.update()

    def note_sip_call_id(self, sip_call_id: str) -> None:
        """The leg's SIP Call-ID; written once it is dialled, or with the next change of state."""
        if sip_call_id and self.call.sip_call_id != sip_call_id:
            self.call = msgspec.structs.replace(self.call, sip_call_id=sip_call_id)

    def press(self, digit: str) -> None:
        """The far party pressed a digit."""
        self.digits.press(PressedDigit(digit, self.call.id, secret=self.queue.confidential(queued=False)))
        if self.conference and (live := self.conferences.find(self.call.account, self.conference)):
            live.press(digit, self.call.id)

    def _post(self, trigger: Trigger, event: AnyEvent, **fields: object) -> None:
        self.services.writer.post(self._unit(trigger, event, fields))

    async def _change(self, trigger: Trigger, event: AnyEvent, **fields: object) -> None:
        await self.services.writer.write(self._unit(trigger, event, fields))

    def _unit(self, trigger: Trigger, event: AnyEvent, fields: dict[str, object]) -> Callable[[Connection], None]:
        state = move(self.call.state, trigger)
        call = self.call = msgspec.structs.replace(self.call, state=state, **fields)

        def unit(conn: Connection) -> None:
            calls.update(conn, call)
            events.append(conn, event)

        return unit

    # What it is asked

    async def hang_up(self, cause: HangupCause = HangupCause.NORMAL, by: Party = Party.US) -> None:
        """End it now, unless it is being ended. Without an answer from Asterisk it ends as soon as there is one."""
        self.ours = self.ours or Ending(cause=cause, by=by)
        self.hanging_up.set()
        self.services.bus.nudge(self.channel.id)
        try:
            await self.channel.hangup(cause=CODES[self.ours.cause].q850)
        except AriError as error:
            log.warning("A call could not be hung up yet.", call=self.call.id, error=str(error))
            if not self.gone.is_set():
                self.spawn(self._hang_up_again(), "hang up again")

    def hang_up_behind(self, cause: HangupCause = HangupCause.NORMAL, by: Party = Party.US) -> None:
        """End it now, from within one of its own tasks: the task still ends by itself, before the call does."""
        self.ours = self.ours or Ending(cause=cause, by=by)
        self.hanging_up.set()
        self.spawn(self.hang_up(cause, by), "hang up")

    async def remove_channel(self) -> None:
        """See that the channel is gone, however long Asterisk does not answer: nobody follows it any more."""
        while True:
            try:
                await self.channel.hangup()
            except AriError as error:
                log.warning("A channel could not be removed yet.", call=self.call.id, error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _hang_up_again(self) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        if not self.gone.is_set():
            await self.hang_up()

    async def ready(self, requires: Requires) -> None:
        """An inbound call is answered here, any other is waited for."""
        if self.ours or (self.answered.is_set() and self.hanging_up.is_set()):
            await self.ended.wait()  # what is still queued is discarded
        if requires is Requires.NOTHING or self.answered.is_set():
            return
        if self.call.direction is Direction.INBOUND and not self.hanging_up.is_set():
            try:
                await self.channel.answer()
            except AriError as error:
                log.warning("An inbound call could not be answered.", call=self.call.id, error=str(error))
                await self.hang_up(HangupCause.ERROR)
        await self.answered.wait()

    async def ending(self, seconds: float) -> bool:
        """Whether it is over, or is within `seconds`: then a failure is only the call's end seen from a task."""
        try:
            await asyncio.wait_for(self.hanging_up.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def seconds_left(self) -> float | None:
        """Until the longest an answered call may last; None before the answer and once it is being hung up."""
        if self.call.answered is None or self.hanging_up.is_set():
            return None
        return max(0.0, self.call.answered + longest(self.call, self.cover) - self.services.clock())

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let something go on beside the queue, owned by this call."""
        task = asyncio.create_task(work, name=f"{name} {self.call.id}")
        self._side.add(task)
        task.add_done_callback(self._side.discard)
        task.add_done_callback(self._notice)

    def _notice(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("A part of a call failed; the call is hung up.", call=self.call.id, exc_info=error)
            if not self.hanging_up.is_set():
                self.spawn(self.hang_up(HangupCause.ERROR), "hang up")


async def cancelled(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel tasks and wait for their ends."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
