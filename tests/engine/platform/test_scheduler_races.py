"""Work that is put in, moved or taken back just while the scheduler looks or a handler runs."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from engine.platform import due_work, scheduler
from engine.platform.due_work import DueWork
from engine.platform.scheduler import Finish, Scheduler
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.platform.test_scheduler import Clock, Done, clock, controller, done, note, put

__all__ = ["clock", "controller", "done"]


async def test_work_that_puts_itself_in_again_for_its_next_time_is_not_taken_away_with_what_was_done(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    async def daily(work: DueWork, finish: Finish) -> None:
        if not done.times:
            await put(controller, note("daily", clock() + 0.2))
            repeating.wake()
        await done(work, finish)

    repeating = Scheduler(database, controller, clock=clock)
    repeating.register("note", daily)
    await put(controller, note("daily", clock()))
    await repeating.start()
    await done.count(2)
    await repeating.stop()


async def test_work_that_is_moved_while_it_is_done_and_fails_keeps_its_new_time(
    database: Database, controller: Writer, clock: Clock
) -> None:
    later, ran = clock() + 3600, asyncio.Event()

    async def fail(work: DueWork, finish: Finish) -> None:
        await put(controller, note("moved", later))
        ran.set()
        raise OSError("the carrier is away")

    failing = Scheduler(database, controller, clock=clock)
    failing.register("note", fail)
    await put(controller, note("moved", clock()))
    await failing.start()
    await ran.wait()
    await failing.stop()
    moved = await database.read(lambda conn: due_work.get(conn, "moved"))
    assert moved is not None and (moved.at, moved.attempts) == (later, 0)


async def test_work_that_is_put_in_while_the_next_time_is_read_is_not_overlooked(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    reading, gate = asyncio.Event(), asyncio.Event()

    class Slow:
        """A database that has read before the new row is there, and says so after."""

        reads = 0

        async def read(self, function: Callable[[Connection], object]) -> object:
            found = await database.read(function)
            self.reads += 1
            if self.reads == 2:
                reading.set()
                await gate.wait()
            return found

    looking = Scheduler(Slow(), controller, clock=clock)  # type: ignore[arg-type]
    looking.register("note", done)
    await put(controller, note("first", clock()))
    await looking.start()
    await reading.wait()
    at = clock() + 0.1
    await put(controller, note("second", at))
    looking.wake(at)
    gate.set()
    await done.count(2)
    await looking.stop()


async def test_an_accident_in_the_store_is_logged_and_the_scheduler_goes_on(
    monkeypatch: pytest.MonkeyPatch, database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.01,))

    class Broken:
        """A database whose first reading fails in a way that is no outage."""

        reads = 0

        async def read(self, function: Callable[[Connection], object]) -> object:
            self.reads += 1
            if self.reads == 1:
                raise RuntimeError("a page is damaged")
            return await database.read(function)

    surviving = Scheduler(Broken(), controller, clock=clock)  # type: ignore[arg-type]
    surviving.register("note", done)
    await put(controller, note("done", clock()))
    await surviving.start()
    await done.count(1)
    await surviving.stop()
