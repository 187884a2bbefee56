"""Consumers of events: each behind a durable cursor of its own, each in a task of its own.

1. The writer hands committed events to `Consumers.feed`, in the order of their positions.
2. Each consumer gets those of its kinds, in order and at least once.
3. A consumer that stores something runs `done` in its own transaction: then what it stores is there exactly once.
   Where it did not, the cursor follows within about a second, and a restart may hand in the last events again.
4. A handler that raises is called again with the same events, after growing pauses. So a consumer catches for itself
   what concerns one event alone. `carillon doctor` and `/metrics` show one that goes on failing (`progress`).

A consumer whose queue grows beyond `MOST_FED` events loses the queue and reads them from the store, as it does after a
start. So it does where a position is missing before what it is fed: another process may have written that one.
Positions become visible in their order (engine.store.batch), so that a cursor cannot skip an event.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from engine.events import Event
from engine.store import cursors, events
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed, StoreUnavailable
from engine.store.events import StoredEvent
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
AT_ONCE = 500
"""How many events a consumer is handed at once, at most."""
MOST_FED = 10_000
"""How many events wait in memory for one consumer, at most."""
SECONDS_OF_CURSOR = 1.0
"""How far a cursor that no consumer wrote may lag behind."""
SECONDS_AFTER_OUTAGE = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds, after a handler that raised
STOP_SECONDS = 5.0
Done = Callable[[Connection], None]
T = TypeVar("T")


class Consumer(Protocol):
    """Reacts to events. `name` names its cursor and must never change; `kinds` are what it wants, None: all."""

    @property
    def name(self) -> str:
        """The name of the cursor."""

    @property
    def kinds(self) -> frozenset[type[Event]] | None:
        """The events that are handed in."""

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """React to events, oldest first. `done` is a unit for the writer that moves the cursor behind them.

        What was written in the transaction of `done` must be committed when this returns.
        """


class Progress(NamedTuple):
    """How far a consumer has come: the events that are `behind` its position at most, and how often it failed since it
    last handled any.
    """

    behind: int
    failures: int


class Consumers:
    """Owns one task for each consumer. Start it before what makes events; stop it after that."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer
        self._runs: dict[str, _Run] = {}

    def add(self, consumer: Consumer) -> None:
        """Let a consumer hear events, before the start; raises ValueError for a name that is taken."""
        if consumer.name in self._runs:
            raise ValueError(f"two consumers are named {consumer.name}")
        self._runs[consumer.name] = _Run(self._db, self._writer, consumer)

    def feed(self, committed: Sequence[StoredEvent]) -> None:
        """Take events just committed, in their order: the writer's `on_events`."""
        for run in self._runs.values():
            run.feed(committed)

    @property
    def idle(self) -> bool:
        """Whether everything that was fed is handled."""
        return all(run.idle for run in self._runs.values())

    def progress(self) -> Mapping[str, Progress]:
        """Return how far each consumer has come, by its name."""
        return {name: run.progress for name, run in self._runs.items()}

    async def start(self) -> None:
        """Go on where the cursors are. A consumer that has none yet begins with the next event."""
        starts = await self._writer.write(partial(_positions, names=list(self._runs)))
        for name, run in self._runs.items():
            run.start(starts[name])

    async def stop(self) -> None:
        """Let each consumer handle what was fed, for five seconds at most; the rest is handled after the next start."""
        await asyncio.gather(*(run.stop() for run in self._runs.values()))


class _Run:
    """One consumer at work. `_seen` is the position that it has come to, `_saved` the cursor as it is stored.

    `_fed` holds the wanted events up to the position `_fed_to`, of those up to `_newest`. `_behind`: some events may be
    in the store alone. `_reading`: they are being read; what is fed meanwhile begins at the position `_fed_from`.
    `_failures` is how often the step at hand failed.
    """

    def __init__(self, db: Database, writer: Writer, consumer: Consumer) -> None:
        self._db, self._writer, self._consumer = db, writer, consumer
        self._fed: list[StoredEvent] = []
        self._fed_to = self._seen = self._saved = self._newest = self._failures = 0
        self._fed_from: int | None = None
        self._behind, self._reading, self._busy, self._save_due = True, False, False, False
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not (self._behind or self._fed or self._busy)

    @property
    def progress(self) -> Progress:
        return Progress(0 if self.idle else max(0, self._newest - self._seen), self._failures)

    def feed(self, committed: Sequence[StoredEvent]) -> None:
        self._newest = committed[-1].position
        if self._behind:
            return  # it reads them from the store
        first = committed[0].position
        if self._reading and self._fed_from is None:
            self._fed_from = first
        elif first > max(self._fed_to, self._seen) + 1:  # another process may have written between
            self._fed, self._behind = [], True
            return self._woken.set()
        wanted = self._wanted(committed)
        self._fed_to = committed[-1].position
        if not wanted:
            return self._save_later()
        if len(self._fed) + len(wanted) > MOST_FED:
            self._fed, self._behind = [], True
        else:
            self._fed += wanted
        self._woken.set()

    def start(self, position: int) -> None:
        self._seen = self._saved = position
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name=f"consume events: {self._consumer.name}")

    async def stop(self) -> None:
        self._stopping.set()
        self._woken.set()
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=STOP_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    def _wanted(self, found: Sequence[StoredEvent]) -> list[StoredEvent]:
        kinds = self._consumer.kinds
        return [stored for stored in found if kinds is None or type(stored.event) in kinds]

    async def _run(self) -> None:
        try:
            while not (self._stopping.is_set() and self.idle and self._saved == self._seen):
                await self._woken.wait()
                self._woken.clear()
                await self._catch_up()
        except Fenced:
            log.warning("a consumer of events ends here: another controller writes now", consumer=self._consumer.name)
        except (StoreClosed, _StoppedWhilePausing):
            log.warning("a consumer of events ends here: the rest is for the next start", consumer=self._consumer.name)

    async def _catch_up(self) -> None:
        """Handle all that there is, and write the cursor where it is due."""
        self._busy = True
        while self._behind or self._fed:
            await self._step()
        self._seen = max(self._seen, self._fed_to)
        self._busy = False
        if self._save_due or self._stopping.is_set():
            await self._attempted(self._save)
        self._save_later()

    async def _step(self) -> None:
        """Handle the next events, of the store or as they were fed."""
        if self._behind:
            found = await self._read_all()
            last = found[-1].position if found else self._seen
            wanted = self._wanted(found)
        else:
            taken, self._fed = self._fed[:AT_ONCE], self._fed[AT_ONCE:]
            last = taken[-1].position if self._fed else self._fed_to
            wanted = [stored for stored in taken if stored.position > self._seen]
        if wanted:
            await self._attempted(partial(self._handle, wanted, last))
        self._seen = max(self._seen, last)

    async def _read_all(self) -> list[StoredEvent]:
        """Read the next events of the store. What is committed from here on is fed, and follows them unless one is
        missing between: then the next step reads again.
        """
        self._fed, self._fed_from = [], None
        self._behind, self._reading = False, True
        try:
            found = await self._attempted(self._read)
        finally:
            self._reading = False
        last = found[-1].position if found else self._seen
        missing = self._fed_from is not None and self._fed_from > last + 1
        self._behind = self._behind or missing or len(found) == AT_ONCE
        return found

    async def _read(self) -> list[StoredEvent]:
        return await self._db.read(lambda conn: events.after(conn, self._seen, AT_ONCE))

    async def _handle(self, wanted: Sequence[StoredEvent], last: int) -> None:
        written = False

        def done(conn: Connection) -> None:
            nonlocal written
            written = True
            cursors.put(conn, self._consumer.name, last)

        await self._consumer.handle(wanted, done)
        if written:
            self._saved = last

    async def _save(self) -> None:
        position = self._seen
        if position > self._saved:
            await self._writer.write(lambda conn: cursors.put(conn, self._consumer.name, position), hurry=False)
            self._saved = position
        self._save_due = False

    def _save_later(self) -> None:
        """Let the cursor be written in a while, if it is not where it should be."""
        if self._timer is None and self._saved < max(self._seen, self._fed_to):
            self._timer = asyncio.get_running_loop().call_later(SECONDS_OF_CURSOR, self._on_timer)

    def _on_timer(self) -> None:
        self._timer, self._save_due = None, True
        self._woken.set()

    async def _attempted(self, step: Callable[[], Awaitable[T]]) -> T:
        """Take a step, again and again until it succeeds; raises Fenced, StoreClosed and _StoppedWhilePausing."""
        pause = FIRST_PAUSE
        while True:
            try:
                done = await step()
                self._failures = 0
                return done
            except (Fenced, StoreClosed):
                raise
            except StoreUnavailable:
                log.warning("the database is away; a consumer of events waits for it", consumer=self._consumer.name)
                await self._pause(SECONDS_AFTER_OUTAGE)
            except Exception:
                self._failures += 1
                where = {"consumer": self._consumer.name, "behind_position": self._seen, "after": pause}
                log.exception("a consumer of events failed; it tries again", **where)
                await self._pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        raise _StoppedWhilePausing


class _StoppedWhilePausing(Exception):
    """The consumer was to be stopped while it waited for another attempt."""


def _positions(conn: Connection, names: Sequence[str]) -> dict[str, int]:
    """Return where each cursor is; one that is new is made, at the newest event."""
    found: dict[str, int] = {}
    for name in names:
        position = cursors.get(conn, name)
        if position is None:
            position = events.last_position(conn)
            cursors.put(conn, name, position)
        found[name] = position
    return found
