"""The queue of a call or a conference: first in, first out; blocking tasks hold it, background tasks do not."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.model.call_data import CallData
from engine.queues.entry import Entry, StopReason
from engine.queues.journal import Journal, Opened, Unit, unbegun
from engine.queues.owner import Owner
from engine.queues.running import Running, only_the_end
from engine.store.tasks import TaskRow
from engine.tasks.ask import Ask
from engine.tasks.kinds import AnyTask
from engine.tasks.results import Completed, Discarded, Failed, Outcome, Stopped, TaskFailed
from engine.tasks.task import Recovery, TaskState

T = TypeVar("T")
log = structlog.get_logger(__name__)
FINISH_SECONDS = 6.0  # for a background task to report after its call ended; one request to Asterisk may take 5


def _nothing(conn: Connection) -> None:
    """Nothing is committed besides."""


class QueueClosed(Exception):
    """The call or conference is over; its queue takes no more tasks."""


class Queue:
    """Runs one subject's tasks. Whoever owns it runs `run` as a task of its own and calls `close` at the end."""

    def __init__(self, owner: Owner, journal: Journal, rows: Iterable[TaskRow] = ()) -> None:
        self._owner, self._journal = owner, journal
        self._waiting: deque[Entry] = deque()
        self._running: dict[str, Entry] = {}
        self._more = asyncio.Event()
        self.idle = asyncio.Event()  # set while it runs and nothing holds it
        self._open = asyncio.Event()  # not set while its owner keeps what is queued waiting
        self._open.set()
        self._appending: set[asyncio.Task[None]] = set()  # what is being committed
        self._idle_since_start = True
        self.closed: StopReason | None = None
        self.add(rows)

    async def append(self, tasks: Sequence[AnyTask]) -> None:
        """Commit tasks to the end of the queue; raises QueueClosed. A cancellation does not take them back."""
        self._refuse_closed()
        await self._commit(self._append(tasks), "append to a queue")

    async def interject(self, tasks: Sequence[AnyTask]) -> None:
        """Commit tasks before what is queued; what holds nothing begins at once, beside what runs.

        Raises QueueClosed. A cancellation does not take them back.
        """
        self._refuse_closed()
        await self._commit(self._interject(tasks), "interject into a queue")

    def _refuse_closed(self) -> None:
        if self.closed:
            raise QueueClosed

    async def _commit(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let it come to its end, also where whoever waits for it is cancelled."""
        committing = asyncio.create_task(work, name=name)
        self._appending.add(committing)
        committing.add_done_callback(self._appending.discard)
        await asyncio.shield(committing)

    async def _interject(self, tasks: Sequence[AnyTask]) -> None:
        held = self.holding()
        if not held:
            await self._append(tasks)
            return
        self.add(await self._journal.queued_behind(held[0].id, tasks), next_ones=True)
        added = {task.id for task in tasks}
        while self._waiting and self._waiting[0].id in added and self._waiting[0].task.momentary:
            entry = self._waiting[0]
            await self._owner.ready(entry.task.requires)
            if self._waiting and self._waiting[0] is entry:
                await self._launch(self._waiting.popleft())

    async def displace(self, tasks: Sequence[AnyTask], *, behind: str = "") -> None:
        """Commit tasks that are run next and at once: what holds the queue is stopped.

        Where nothing holds it and what is queued waits, `behind` is the task that is over and behind which they come.
        Raises QueueClosed. A cancellation does not take them back.
        """
        self._refuse_closed()
        await self._commit(self._displace(tasks, behind), "displace what holds a queue")

    async def _displace(self, tasks: Sequence[AnyTask], behind: str) -> None:
        held = self.holding()
        place = held[0].id if held else behind
        rows = await (self._journal.queued_behind(place, tasks) if place else self._journal.queued(tasks))
        self.add(rows, next_ones=bool(place))
        for entry in held:
            entry.stop(StopReason.REPLACED)
        self.go_on()

    async def reply(
        self, question: str, tasks: Sequence[AnyTask], *, replace: bool, also: Unit = _nothing, silent: bool = False
    ) -> bool:
        """Commit what a task that asks is answered with: tasks that are run next; False where nobody asks (any more).

        `replace` discards what was queued behind the question. `also` is committed with it. `silent`: nobody answered.
        A cancellation does not take it back.
        """
        if self.asking(question) is None:
            return False
        entry = self._running[question]
        entry.replying, entry.silent = True, silent
        await self._commit(self._reply(entry, tasks, replace, also), f"reply to {question}")
        return True

    async def _reply(self, entry: Entry, tasks: Sequence[AnyTask], replace: bool, also: Unit) -> None:
        replaced = [self._waiting.popleft() for _ in list(self._waiting) if replace]  # ended by the commit alone
        try:
            rows = await self._journal.replied(entry, tasks, also, replaced)
        except BaseException:
            entry.replying = False
            self._waiting.extendleft(reversed(replaced))
            raise
        for each in replaced:
            each.forget_prompts()
        if replace:
            self.discard_waiting(StopReason.REPLACED)
        self.add(rows, next_ones=True)
        entry.replied.set()

    async def succeed(self, task: str, tasks: Sequence[AnyTask], also: Unit = _nothing) -> None:
        """Commit what is done after a running task, whose effect is accepted with it, instead of what is queued."""
        await self._commit(self._reply(self._running[task], tasks, True, also), f"lead on from {task}")

    async def more(self) -> None:
        """Wait until something is queued, for a task that holds the queue."""
        if not self._waiting:
            self._more.clear()
            await self._more.wait()

    def asking(self, question: str) -> Ask | None:
        """The running task that asks this and is not answered."""
        entry = self._running.get(question)
        task = entry.task if entry and not entry.replying and not self.closed else None
        return task if isinstance(task, Ask) else None

    def holding(self) -> list[Entry]:
        """The running tasks that hold the queue."""
        return [entry for entry in self._running.values() if not entry.task.background]

    def doing(self, kind: type[T]) -> T | None:
        """The running task of a kind, one of them where there are several."""
        return next((entry.task for entry in self._running.values() if isinstance(entry.task, kind)), None)

    async def adopted(self, kind: type[AnyTask], within: float) -> None:
        """Wait until the resumed tasks of a kind are over, at most so many seconds.

        How they ended may be known although their call is gone.
        """
        entries = (*self._running.values(), *self._waiting)
        waits = [
            asyncio.create_task(entry.ended.wait(), name=f"end of {entry.id}")
            for entry in entries
            if entry.resumed and isinstance(entry.task, kind)
        ]
        if waits:
            await asyncio.wait(waits, timeout=within)
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def confidential(self, *, queued: bool) -> bool:
        """Whether a task that hides its digits runs, or (`queued`) is still to run."""
        entries = (*self._running.values(), *self._waiting) if queued else self._running.values()
        return any(entry.task.confidential for entry in entries)

    def discard_waiting(self, reason: StopReason) -> None:
        """Take everything that has not begun out of the queue."""
        while self._waiting:
            entry = self._waiting.popleft()
            self._end(entry, unbegun(entry, reason))

    async def _append(self, tasks: Sequence[AnyTask]) -> None:
        self.add(await self._journal.queued(tasks))

    def open(self, opened: Opened) -> None:
        """Take the rows of a queue that was committed with the call; the first may have begun to ask."""
        self.add(opened.rows)
        if opened.question and self._waiting:
            self._waiting[0].begin(opened.rows[0].queued, opened.question)

    def add(self, rows: Iterable[TaskRow], *, next_ones: bool = False) -> None:
        """Take rows that are committed, to the end of the queue or to its front; prompts begin to be prepared now."""
        place = 0
        for row in rows:
            entry = Entry(row, resumed=row.state is TaskState.RUNNING)
            if self.closed:  # the end came between the commit and now
                self._journal.ended(entry, Discarded(self.closed))
                continue
            self._prepare(entry)
            self._waiting.insert(place if next_ones else len(self._waiting), entry)
            place += 1
            self.idle.clear()
            self._idle_since_start = False
        self._more.set()

    def cancel(self, task_id: str) -> bool:
        """Take a task that has not begun out of the queue; False if there is none."""
        for entry in self._waiting:
            if entry.id == task_id and not entry.resumed:
                self._waiting.remove(entry)
                self._end(entry, unbegun(entry, StopReason.CANCELLED))
                return True
        return False

    def stop(self, kinds: Iterable[str], reason: StopReason, data: CallData | None = None) -> int:
        """Stop running tasks of these kinds; returns how many."""
        found = [entry for entry in self._running.values() if entry.kind in kinds]
        for entry in found:
            entry.stop(reason, data=data)
        return len(found)

    def stop_those(self, fits: Callable[[AnyTask], bool], reason: StopReason) -> None:
        """Stop the running tasks that fit."""
        for entry in [each for each in self._running.values() if fits(each.task)]:
            entry.stop(reason)

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever queued."""
        return self._idle_since_start

    def keep_waiting(self) -> None:
        """Let nothing more begin until `go_on`; what an earlier controller began goes on."""
        self._open.clear()

    def go_on(self) -> None:
        """Let what is queued begin again."""
        self._open.set()

    # What it does

    async def run(self) -> None:
        """Run tasks in order, for ever; cancelled by its owner."""
        try:
            while True:
                entry = await self._next()
                await self._owner.ready(entry.task.requires)
                if not entry.resumed:
                    await self._open.wait()
                if not self._waiting or entry is not self._waiting[0]:  # cancelled while the call was not ready
                    continue
                self._waiting.popleft()
                await self._launch(entry)
                await (entry.underway if entry.task.background else entry.ended).wait()
        except asyncio.CancelledError:
            if not self.closed:  # the controller leaves, the call stays: the store says what goes on
                for entry in list(self._running.values()):
                    if entry.runner:
                        entry.runner.cancel()
            raise

    async def close(self, reason: StopReason) -> None:
        """End it: the running task is stopped, queued ones are discarded, background tasks finish and report.

        Tasks that are being committed are waited for: theirs must not be told after the end.
        """
        self.closed = reason
        for entry in list(self._running.values()):
            entry.stop(reason)
        self.discard_waiting(reason)
        runners = [entry.runner for entry in self._running.values() if entry.runner]
        if runners:
            _, late = await asyncio.wait(runners, timeout=FINISH_SECONDS)
            for entry in list(self._running.values()):
                entry.abort(reason)
            if late:
                await asyncio.wait(late, timeout=FINISH_SECONDS)
        if self._appending:
            await asyncio.wait(self._appending)
            self.discard_waiting(reason)  # what a commit that failed was to replace

    async def _next(self) -> Entry:
        while not self._waiting:
            self._more.clear()
            self.idle.set()
            await self._more.wait()
        self.idle.clear()
        return self._waiting[0]

    async def _launch(self, entry: Entry) -> None:
        if entry.resumed and entry.task.recovery is Recovery.ENDED:
            return self._end(entry, Stopped("controller_lost"))
        self._running[entry.id] = entry
        try:
            if entry.question is None:  # else it began with the commit that made the call
                await self._journal.begin(entry)
        except BaseException:
            del self._running[entry.id]
            if self.closed:  # its owner cancels the queue as soon as it is closed
                self._end(entry, Stopped(self.closed))
            raise
        if reason := self.closed or entry.stopped_for:  # the end or a stop came during the commit
            return self._end(entry, Stopped(reason))
        entry.runner = asyncio.create_task(self._perform(entry), name=f"{entry.kind} {entry.id}")
        entry.runner.add_done_callback(lambda runner: self._note_unrun(entry, runner))

    def _note_unrun(self, entry: Entry, runner: "asyncio.Task[None]") -> None:
        """A runner that was cancelled before its first step never came to say how its task ended."""
        if runner.cancelled() and entry.stopped_for and not entry.ended.is_set():
            self._end(entry, Stopped(entry.stopped_for))

    async def _perform(self, entry: Entry) -> None:
        outcome: Outcome
        try:
            outcome = Completed(await entry.task.run(Running(entry, self._journal, self._owner, self)))
        except asyncio.CancelledError:
            if entry.stopped_for is None:
                raise
            outcome = Stopped(entry.stopped_for)
        except (TaskFailed, AriError) as error:
            outcome = await self._failure(entry, error)
        except Exception:
            log.exception("A task failed in a way nobody foresaw.", task=entry.id, kind=entry.kind)
            outcome = Failed("internal_error", "The engine failed; its log says why.")
        self._end(entry, outcome)

    async def _failure(self, entry: Entry, error: TaskFailed | AriError) -> Outcome:
        if self.closed or await only_the_end(self._owner, error):
            return Stopped(self.closed or StopReason.CALL_ENDED)
        if isinstance(error, TaskFailed):
            return Failed(error.reason, error.detail)
        log.warning("Asterisk refused a task.", task=entry.id, kind=entry.kind, error=str(error))
        return Failed("asterisk_error", str(error))

    def _end(self, entry: Entry, outcome: Outcome) -> None:
        self._running.pop(entry.id, None)
        self._journal.ended(entry, outcome)
        entry.forget_prompts()
        entry.underway.set()
        entry.ended.set()

    def _prepare(self, entry: Entry) -> None:
        for prompt in dict.fromkeys(entry.task.prompts):
            preparing = prompt.prepared(self._owner.prepare)
            entry.prompts[prompt] = asyncio.create_task(preparing, name=f"prepare {entry.id}")
