"""Does what is due: scheduled calls, messages, retries, expiry, summaries.

1. A feature registers a handler for each kind of its work, before the start.
2. It puts rows into `due_work` in its own transactions, and calls `wake` after the commit.
3. One task sleeps until the next row is due, and claims what is due under this controller's epoch.
4. Each row's handler runs beside the others; it takes the row away in its own transaction (`finish`), or leaves that
   to the scheduler.
5. A handler that fails is tried again with growing pauses; then the row is kept as failed.

A kind may have a limit of its own: what reaches foreign servers waits for itself and holds up no other kind. The
accounts that have work of such a kind take turns (engine.platform.turns), so that none of them holds up another one.

A row that a controller had claimed when it ended is claimed by the next one. So a handler may run twice for work whose
transaction was not committed, and for what leaves the store it must give an id that is made of the work's.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.turns import NO_ACCOUNT, Turns
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed, StoreUnavailable
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
AT_ONCE = 200
"""How many handlers run at the same time, at most, of all kinds that have no limit of their own."""
REFILL = 100
"""How many of those run when more of them is claimed: claims cost more than what they claim."""
LOOK_SECONDS = 0.5
"""The longest sleep while anything is scheduled: the clock may be set meanwhile."""
AGAIN_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)
"""After each attempt that failed."""
LEAST_SECONDS = 0.1
"""Work is put off for at least so long, whatever its handler says."""
LONGEST_ERROR = 1000
"""How much of an error's sentence is kept, in characters."""
STOP_SECONDS = 5.0
Finish = Callable[[Connection], object]
Handler = Callable[[DueWork, Finish], Awaitable[None]]


class Timer(NamedTuple):
    """Who does the work of a kind; `at_once`: how many of it run at the same time at most, None: no own limit."""

    handler: Handler
    at_once: int | None = None


def is_last_attempt(work: DueWork) -> bool:
    """Whether work that fails now is given up."""
    return work.attempts >= len(AGAIN_SECONDS)


class UnknownEpoch(RuntimeError):
    """The scheduler was started before the writer claimed its ARI application."""


class Later(Exception):
    """Work cannot be done now, by no fault of its own: it is tried `at` another time; this attempt does not count."""

    def __init__(self, at: float, why: str) -> None:
        self.at = at
        super().__init__(why)


class AccountMustWait(Exception):
    """No work of this kind can be done now for this account, such as at its limit of calls.

    The account is held: none of its work of the kind is tried until `Scheduler.let_go`, or for a second, and longer
    each time. The work stays as it is, and this attempt does not count. It needs a kind with a limit of its own, and
    work of an account; else it is put off for a second.
    """


class Scheduler:
    """Owns one task that sleeps, and one for each handler that runs. `clock`: Unix seconds, which may be set."""

    def __init__(self, db: Database, writer: Writer, *, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._clock = db, writer, clock
        self._timers: dict[str, Timer] = {}
        self._busy: Counter[str] = Counter()  # handlers that run, by kind
        self._turns: dict[str, Turns] = {}  # of the kinds that have a limit of their own
        self._woken = asyncio.Event()
        self._next: float | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def register(self, kind: str, handler: Handler, *, at_once: int | None = None) -> None:
        """Let a handler do the work of a kind.

        It gets the work and `finish`, which takes the row away: a unit for the writer, to be run in the transaction in
        which the handler writes what it did, and which is committed when the handler returns. Raises ValueError for a
        kind that has a handler.
        """
        if kind in self._timers:
            raise ValueError(f"two handlers were registered for {kind}")
        self._timers[kind] = Timer(handler, at_once)
        if at_once is not None:
            self._turns[kind] = Turns(at_once)

    def wake(self, at: float | None = None) -> None:
        """Note that work was put into the store, due `at` a time (None: look there)."""
        if at is not None and self._next is not None and at >= self._next:
            return
        self._woken.set()

    def let_go(self, kind: str, account: str, at: float) -> None:
        """Let an account's work of a kind be tried again `at` a time, if it was to wait longer (AccountMustWait)."""
        if self._turns[kind].let_go(account, at):
            self.wake(at)

    @property
    def idle(self) -> bool:
        """Whether no handler runs."""
        return not self._running

    async def start(self) -> None:
        """Go on with what is due, and with what an earlier controller did not finish."""
        if self._writer.epoch is None:
            raise UnknownEpoch
        self._task = asyncio.create_task(self._run(self._writer.epoch), name="scheduler")

    async def stop(self) -> None:
        """Let handlers that run finish for a while; what they do not finish is done after the next start."""
        self._stopping = True
        self._woken.set()
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=STOP_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, epoch: int) -> None:
        try:
            while not self._stopping:
                self._woken.clear()
                if not await self._look(epoch):
                    await self._sleep()
        except Fenced:
            log.warning("scheduling ends here: another controller writes now")
        except StoreClosed:
            log.warning("scheduling ends here: the store was stopped; the rest is done after the next start")

    async def _look(self, epoch: int) -> bool:
        """Take what is due; after an accident in the store look again in a second."""
        try:
            return await self._take(epoch)
        except (Fenced, StoreClosed):
            raise
        except StoreUnavailable:
            log.warning("the database is away; scheduled work waits for it")
        except Exception:
            log.exception("scheduled work could not be looked for; the scheduler goes on")
        self._next = self._clock() + AGAIN_SECONDS[0]
        return False

    async def _take(self, epoch: int) -> bool:
        """Start what is due, as far as there are slots; returns whether to look again at once."""
        free = {kind: left for kind in self._timers if (left := self._free(kind)) > 0}
        turns = {kind: each.copy() for kind, each in self._turns.items() if kind in free}  # as they are at this moment
        now = self._clock()
        closed = {kind: each.closed(now) for kind, each in turns.items()}
        self._next = None  # until it is known: who puts work in meanwhile must be heard
        due = await self._db.read(lambda conn: due_work.next_at(conn, free, epoch, closed))
        opening = (each.opens(now) for each in turns.values())
        self._next = min((at for at in (due, *opening) if at is not None), default=None)
        if due is None or due > self._clock():
            return False
        for work in await self._writer.write(partial(self._claim, free=free, turns=turns, epoch=epoch)):
            self._note_begun(work)
            task = asyncio.create_task(self._do(work, epoch), name=f"{work.kind} {work.id}")
            self._running.add(task)
            task.add_done_callback(partial(self._on_done, work))
        return True

    def _claim(
        self, conn: Connection, *, free: Mapping[str, int], turns: Mapping[str, Turns], epoch: int
    ) -> list[DueWork]:
        """Claim what is due: by turns of a kind with a limit, as slots are free of the others."""
        now = self._clock()
        sharing = {kind: left for kind, left in free.items() if kind not in turns}
        claimed = due_work.claim(conn, sharing, now, epoch, max(sharing.values())) if sharing else []
        for kind, each in turns.items():
            waiting = due_work.waiting(conn, kind, now, epoch)
            for account, most in each.shares(waiting, free[kind], now).items():
                claimed += due_work.claim_of(conn, kind, account, now, epoch, most)
        return claimed

    def _note_begun(self, work: DueWork) -> None:
        self._busy[work.kind] += 1
        if work.kind in self._turns:
            self._turns[work.kind].began(work.account or NO_ACCOUNT)

    @property
    def _sharing(self) -> int:
        """How many handlers run of kinds without a limit."""
        return sum(count for kind, count in self._busy.items() if self._timers[kind].at_once is None)

    def _free(self, kind: str) -> int:
        """How many more of a kind may begin."""
        limit = self._timers[kind].at_once
        if limit is not None:
            return limit - self._busy[kind]
        return AT_ONCE - self._sharing if self._sharing <= REFILL else 0

    def _on_done(self, work: DueWork, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._busy[work.kind] -= 1
        if work.kind in self._turns:  # rows of it may have been passed over
            self._turns[work.kind].ended(work.account or NO_ACCOUNT)
            self._woken.set()
        elif self._sharing == REFILL:  # so may rows of all that have no limit
            self._woken.set()

    async def _sleep(self) -> None:
        """Wait until the next row is due, or there is a new one."""
        while not self._woken.is_set() and (self._next is None or self._next > self._clock()):
            left = None if self._next is None else min(LOOK_SECONDS, max(0.0, self._next - self._clock()))
            try:
                async with asyncio.timeout(left):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _do(self, work: DueWork, epoch: int) -> None:
        finished = False

        def finish(conn: Connection) -> bool:
            nonlocal finished
            finished = True
            return due_work.done(conn, work.id, epoch)

        try:
            await self._timers[work.kind].handler(work, finish)
            if not finished:
                await self._writer.write(finish)
            if work.account and work.kind in self._turns:
                self._turns[work.kind].succeeded(work.account, self._clock())
        except (Fenced, StoreClosed):
            return  # the next controller does it
        except Later as later:
            await self._postpone(work, later, epoch)
        except AccountMustWait as reason:
            await self._hold(work, reason, epoch)
        except Exception as error:
            await self._failed(work, error, epoch)
        except asyncio.CancelledError as error:
            current = asyncio.current_task()
            if current and current.cancelling():
                raise  # the scheduler stops
            await self._failed(work, error, epoch)  # something that the handler waited for was cancelled

    async def _postpone(self, work: DueWork, later: Later, epoch: int) -> None:
        log.info("scheduled work waits", kind=work.kind, id=work.id, why=str(later))
        at = max(later.at, self._clock() + LEAST_SECONDS)
        with contextlib.suppress(Fenced, StoreClosed, StoreUnavailable):  # then the next controller does it
            await self._writer.write(lambda conn: due_work.postpone(conn, work, at, epoch))
            self.wake(at)

    async def _hold(self, work: DueWork, reason: AccountMustWait, epoch: int) -> None:
        if not work.account or work.kind not in self._turns:
            return await self._postpone(work, Later(self._clock() + AGAIN_SECONDS[0], str(reason)), epoch)
        until = self._turns[work.kind].hold(work.account, self._clock())
        log.info("an account's work waits", kind=work.kind, account=work.account, until=until, why=str(reason))
        with contextlib.suppress(Fenced, StoreClosed, StoreUnavailable):  # then the next controller does it
            await self._writer.write(lambda conn: due_work.postpone(conn, work, work.at, epoch))

    async def _failed(self, work: DueWork, error: BaseException, epoch: int) -> None:
        log.error("scheduled work failed", kind=work.kind, id=work.id, attempts=work.attempts + 1, exc_info=error)
        sentence, now = _storable(f"{type(error).__name__}: {error}"), self._clock()
        try:
            if not is_last_attempt(work):
                at = now + AGAIN_SECONDS[work.attempts]
                await self._writer.write(lambda conn: due_work.try_again(conn, work, at, sentence, epoch))
                self.wake(at)
            else:
                await self._writer.write(lambda conn: due_work.give_up(conn, work, now, sentence, epoch))
        except (Fenced, StoreClosed, StoreUnavailable):
            return  # the next controller does it


def _storable(sentence: str) -> str:
    """Return a sentence as any database takes it: an error may quote what somebody sent, NUL and all."""
    return sentence[:LONGEST_ERROR].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
