"""The one writer of a process: group commit in a thread of its own."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from engine.store import owners
from engine.store.batch import Batches, Failure, Result, Unit
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed
from engine.store.events import StoredEvent

T = TypeVar("T")
OnEvents = Callable[[list[StoredEvent]], None]
LARGEST_BATCH = 256  # in units; limits how long the first unit waits for the last
GIVE_UP_SECONDS = 10.0

_log = structlog.get_logger(__name__)
_Entry = tuple[Unit, "asyncio.Future[Any] | None"]


class Writer:
    """Runs write units in the order in which they were submitted, and commits all that wait in one transaction.

    A unit of `write` goes to the thread at once, but at least two milliseconds after the previous batch. A unit of
    `post` goes with the next unit of `write`, or after five milliseconds: a batch costs far more than its units
    (docs/decisions/007-batches-keep-a-distance.md).
    A unit takes the connection, calls repositories, and returns a value. It may be run again before it is committed (if
    another unit failed, or the database could not be reached), so it must change nothing but the database.
    `fenced` is set once another controller has claimed this ARI application; a process without calls passes "" (no
    fence).
    """

    write_seconds = 0.002
    """The minimum between a batch and the next `write`, in seconds; units submitted meanwhile go together."""
    post_seconds = 0.005
    """How long a posted unit may wait for a unit of `write`, in seconds."""

    def __init__(self, database: Database, ari_application: str = "", on_events: OnEvents | None = None) -> None:
        self.fenced = asyncio.Event()
        self.on_events = on_events
        """Called in the event loop after each commit with the events that it appended, before any `write` returns."""
        self._database = database
        self._ari_application = ari_application
        self._batches = Batches(database, ari_application)
        self._pending: list[_Entry] = []  # not yet passed to the thread
        self._handing_over: asyncio.Handle | None = None
        self._due = 0.0  # when, by the loop's clock
        self._handed_over = float("-inf")  # the last time, by the loop's clock
        self._waiting: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def epoch(self) -> int | None:
        """The epoch that `claim` returned; None before."""
        return self._batches.epoch

    @property
    def waiting(self) -> int:
        """The number of units that wait for the next transaction."""
        return len(self._pending) + self._waiting.qsize()

    @property
    def out(self) -> bool:
        """Whether the database cannot be reached: units wait until it can, and new work should be refused."""
        return self._batches.out.is_set()

    async def claim(self) -> int:
        """Take this ARI application over from its owner, and return the new epoch. Raises StoreUnavailable."""
        name = self._ari_application
        epoch = await self._database.transact(lambda conn: owners.claim(conn, name))
        self._batches.epoch = epoch
        self.fenced.clear()
        return epoch

    async def is_owner(self) -> bool:
        """Return whether this writer was the last to claim its ARI application; raises StoreUnavailable."""
        name = self._ari_application
        return await self._database.read(lambda conn: owners.epoch(conn, name)) == self.epoch

    async def write(self, unit: Callable[[Connection], T], *, hurry: bool = True) -> T:
        """Run a unit and return its value once committed; raises its error, Fenced, StoreUnavailable or StoreClosed.

        Without `hurry` it may wait as long as a posted unit. A cancellation of the wait does not withdraw the unit.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._submit(unit, future, hurry=hurry)
        return await future

    def post(self, unit: Callable[[Connection], object]) -> None:
        """Submit a unit, in order with `write`, without waiting for it; an error is logged."""
        self._submit(unit, None, hurry=False)

    async def stop(self) -> None:
        """Commit what waits, and end the thread. If the database cannot be reached, give up after ten seconds."""
        self._closed = True
        if self._ended is None:
            return
        self._hand_over()
        self._waiting.put(None)
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await asyncio.shield(self._ended)
        except TimeoutError:
            self._batches.given_up.set()
            await self._ended

    def _submit(self, unit: Unit, future: "asyncio.Future[Any] | None", *, hurry: bool) -> None:
        if self._closed:
            raise StoreClosed("The store was stopped; nothing was written.")
        loop = self._loop or self._start()
        self._pending.append((unit, future))
        now = loop.time()
        due = max(now, self._handed_over + self.write_seconds) if hurry else now + self.post_seconds
        if self._handing_over is not None:
            if due >= self._due:
                return
            self._handing_over.cancel()
        self._due = due
        self._handing_over = loop.call_at(due, self._hand_over) if due > now else loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        """Pass the pending units to the thread; units that come while it is busy are its next batch."""
        if self._handing_over is not None:
            self._handing_over.cancel()
            self._handing_over = None
        assert self._loop is not None
        self._handed_over = self._loop.time()
        pending, self._pending = self._pending, []
        for entry in pending:
            self._waiting.put(entry)

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        name = f"store-writer {self._ari_application}".strip()
        threading.Thread(target=self._work, args=(loop,), name=name, daemon=True).start()
        return loop

    # ---- in the thread

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        more = True
        try:
            while more:
                entries, more = self._next()
                if entries:
                    results, events = self._committed(entries)
                    loop.call_soon_threadsafe(self._settle, entries, results, events)
            self._batches.close()
        finally:
            loop.call_soon_threadsafe(self._end)

    def _committed(self, entries: list[_Entry]) -> tuple[Sequence[Result], list[StoredEvent]]:
        """Commit a batch; an unexpected error is raised to the callers that wait, and the thread continues."""
        try:
            return self._batches.commit([unit for unit, _ in entries])
        except Exception as error:
            return [Failure(error) for _ in entries], []

    def _next(self) -> tuple[list[_Entry], bool]:
        """Wait for a unit; return it with all that wait after it, and whether more may come."""
        entries: list[_Entry] = []
        entry = self._waiting.get()
        while entry is not None:
            entries.append(entry)
            if len(entries) == LARGEST_BATCH:
                return entries, True
            try:
                entry = self._waiting.get_nowait()
            except queue.Empty:
                return entries, True
        return entries, False

    # ---- back in the event loop

    def _end(self) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _settle(self, entries: list[_Entry], results: Sequence[Result], events: list[StoredEvent]) -> None:
        if events and self.on_events is not None:
            try:
                self.on_events(events)
            except Exception:
                _log.exception("Passing committed events on failed.", count=len(events))
        for (_, future), result in zip(entries, results, strict=True):
            if isinstance(result, Failure):
                self._fail(future, result.error)
            elif future is not None and not future.done():
                future.set_result(result.value)

    def _fail(self, future: "asyncio.Future[Any] | None", error: BaseException) -> None:
        if isinstance(error, Fenced):
            self.fenced.set()
        if future is None:
            _log.error("A posted write failed.", error=type(error).__name__, exc_info=error)
        elif not future.done():
            future.set_exception(error)
