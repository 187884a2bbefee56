"""One live call, from its row to its CallEnded: its present state, its queue, and what waits for it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.calls import call_tree
from engine.calls.account_prompts import Preparing
from engine.calls.admission_protocol import Cover, Held
from engine.calls.call_media import CallMedia
from engine.calls.credit import keep_covered, longest, priced
from engine.calls.ending import Ending, event_of, left_by
from engine.calls.keypad import PressedDigit
from engine.calls.progress import CallProgress
from engine.calls.services import CallServices
from engine.calls.state import RECORDED, Milestone, Trigger
from engine.model.call import Call, Direction, Party
from engine.model.cause import CODES, HangupCause
from engine.queues.entry import StopReason
from engine.queues.queue import Queue
from engine.queues.roles import Roles
from engine.store import calls, conferences, events
from engine.store.tasks import TaskRow
from engine.store.typed_ahead import TypedDigit
from engine.tasks.join_conference import JoinConference
from engine.tasks.task import Requires, TaskState

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 5.0  # between attempts to hang up while Asterisk refuses
Life = Callable[["Session"], Awaitable[Ending]]


class DigitListener(Protocol):
    """Who hears the digits of a participant (engine.conferences.conferences.Conferences)."""

    def press(self, account: str, conference: str, digit: str, call: str) -> None:
        """A participant pressed a digit."""


class Session(CallProgress):
    """A live call. Whoever made it runs `run`; everything else may be called at any time, from any task."""

    def __init__(
        self, services: CallServices, call: Call, listener: DigitListener, make_roles: Callable[["Session"], Roles],
        rows: Sequence[TaskRow] = (),
    ) -> None:  # fmt: skip
        super().__init__(services, call)
        self._listener = listener
        self._cover: Cover | None = None
        self._conference: str | None = None
        ran = [row for row in rows if row.state is TaskState.RUNNING]
        self._was_in = [row for row in ran if isinstance(row.task, JoinConference)]
        restored = bool(call.answered or ran)
        self.media = CallMedia(self, self.journal, lambda: self.queue.confidential(queued=True), restored=restored)
        self.prepare = Preparing(services.prompts, services.database, services.admission.allow_private, call.account)
        self.roles = make_roles(self)
        self.queue = Queue(self, self.journal, rows)
        self._side: set[asyncio.Task[Any]] = set()
        self._taken_by: Session | None = None
        self._taken = asyncio.Event()

    @property
    def cover(self) -> Cover | None:
        """The money that is held for it; None: none has to be."""
        return self._cover

    @property
    def conference(self) -> str | None:
        """The conference that it is in."""
        return self._conference

    @property
    def answered_by(self) -> "Session":
        """Who talks in its place: the call that picked it up, or itself."""
        return self._taken_by or self

    def take(self, by: "Session") -> bool:
        """Let another call of the account take its place while it rings; False if it does not ring any more."""
        if self.answered or self.hanging_up or self._taken_by:
            return False
        self._taken_by = by
        self._taken.set()
        return True

    def give_back(self) -> None:
        """Who took its place is gone: it rings on for itself."""
        self._taken_by = None
        self._taken.clear()

    async def until_taken(self) -> None:
        """Wait until another call takes its place."""
        await self._taken.wait()

    # Its life

    async def run(self, life: Life) -> None:
        """Live from now to the last event; a cancellation leaves the call up in Asterisk, for the next controller."""
        queue = asyncio.create_task(self.queue.run(), name=f"queue {self.call.id}")
        queue.add_done_callback(self._notice)
        self.media.silence.update()
        if self._cover:
            self.spawn(keep_covered(self, self._cover), "money of")
        try:
            ending = await life(self)
        except asyncio.CancelledError:
            await cancelled([queue, *self._side])
            raise
        except Exception:
            log.exception("A call failed in a way nobody foresaw.", call=self.call.id)
            ending = Ending(cause=HangupCause.ERROR, by=Party.US)
            self._end_with(ending)
            try:
                await self.remove_channel()
            except asyncio.CancelledError:
                await cancelled([queue, *self._side])
                raise
        self._ended_as = ending
        self._machine.move(Trigger.LOSE)
        await self.queue.close(StopReason.CALL_ENDED)
        await asyncio.sleep(0)  # what was spawned in this turn of the loop begins, else its clean-up would never run
        await cancelled([queue, *self._side])
        await self._close(ending)
        self._machine.move(Trigger.END)
        await self.media.bridges.remove_all()

    async def _close(self, ending: Ending) -> None:
        now = self.services.clock()
        known_up = now if ending.known_up is None else max(ending.known_up, self._call.answered or self._call.created)
        call = msgspec.structs.replace(
            self._call,
            state=RECORDED[Trigger.END],
            ended=min(known_up, now),
            cause=ending.cause,
            hung_up_by=ending.by,
            sip_status=ending.sip_status,
        )
        call = self._call = priced(call, self._cover, self.services.admission)
        event = msgspec.structs.replace(event_of(ending, call, self.journal.common(call.data)), at=now)
        tree_unit = call_tree.on_leg_ended(call, self.services.admission) if call.reports_tree else None
        left = [left_by(row, self.journal.common(row.task.data)) for row in self._was_in]

        def unit(conn: Connection) -> None:
            calls.update(conn, call)
            for leaving in left:
                if conference := conferences.left_by(conn, call.id, leaving.task, leaving.at):
                    events.append(conn, msgspec.structs.replace(leaving, conference=conference))
            self.services.admission.settle(conn, call, self._cover, now)
            events.append(conn, event)
            if not self.media.typed_ahead.empty:
                self.media.typed_ahead.clear(conn)
            if tree_unit:
                tree_unit(conn)

        await self.services.writer.write(unit, hurry=False)
        await self.services.admission.release(call.account, call.id)

    def hold(self, cover: Cover | None, held: Held) -> None:
        """Note the money that was held for it; one that costs nothing needs none."""
        if cover and held.amount:
            self._cover, cover.held = cover, held

    def restore(self, cover: Cover | None, typed: Iterable[TypedDigit]) -> None:
        """Take over what an earlier controller kept of it: the money that is held, and what was typed ahead."""
        self._cover = cover
        self.media.typed_ahead.restore(typed)

    # Its events

    def note_answered(self) -> bool:
        """The call was answered; returns whether that is news."""
        news = super().note_answered()
        if news:
            self.media.silence.update()
        return news

    def enter(self, conference: str) -> None:
        """Its channel is in this conference's bridge now."""
        self._conference = conference
        self.media.enter(conference)

    def leave(self, conference: str) -> None:
        """Its channel is not in this conference's bridge any more."""
        self._conference = None
        self.media.leave(conference)

    def press(self, digit: str) -> None:
        """The far party pressed a digit."""
        call = self._call
        self.media.digits.press(PressedDigit(digit, call.id, secret=self.queue.confidential(queued=False)))
        if self._conference:
            self._listener.press(call.account, self._conference, digit, call.id)

    # What it is asked

    async def hang_up(self, cause: HangupCause = HangupCause.NORMAL, by: Party = Party.US) -> None:
        """End it now, unless it is being ended. Without an answer from Asterisk it ends as soon as there is one."""
        ours = self._end_with(Ending(cause=cause, by=by))
        self.services.bus.nudge(self.channel.id)
        try:
            await self.channel.hangup(cause=CODES[ours.cause].q850)
        except AriError as error:
            log.warning("A call could not be hung up yet.", call=self.call.id, error=str(error))
            if not self.gone:
                self.spawn(self._hang_up_again(), "hang up again")

    def hang_up_behind(self, cause: HangupCause = HangupCause.NORMAL, by: Party = Party.US) -> None:
        """End it now, from within one of its own tasks: the task still ends by itself, before the call does."""
        self._end_with(Ending(cause=cause, by=by))
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
        if not self.gone:
            await self.hang_up()

    async def ready(self, requires: Requires) -> None:
        """An inbound call is answered here, any other is waited for."""
        if self._ours or (self.answered and self.hanging_up):
            await self.until(Milestone.ENDED)  # what is still queued is discarded
        if requires is Requires.NOTHING or self.answered:
            return
        if self._call.direction is Direction.INBOUND and not self.hanging_up:
            try:
                await self.channel.answer()
            except AriError as error:
                log.warning("An inbound call could not be answered.", call=self.call.id, error=str(error))
                await self.hang_up(HangupCause.ERROR)
        await self.until(Milestone.ANSWERED)

    def seconds_left(self) -> float | None:
        """Until the longest an answered call may last; None before the answer and once it is being hung up."""
        call = self._call
        if call.answered is None or self.hanging_up:
            return None
        return max(0.0, call.answered + longest(call, self._cover) - self.services.clock())

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Let something go on beside the queue, owned by this call: its end cancels it."""
        task = asyncio.create_task(work, name=f"{name} {self.call.id}")
        self._side.add(task)
        task.add_done_callback(self._side.discard)
        task.add_done_callback(self._notice)
        return task

    def _notice(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("A part of a call failed; the call is hung up.", call=self.call.id, exc_info=error)
            if not self.hanging_up:
                self.spawn(self.hang_up(HangupCause.ERROR), "hang up")


async def cancelled(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel tasks and wait for their ends."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
