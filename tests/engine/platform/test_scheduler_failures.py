"""Handlers that fail in odd ways: their work is neither stuck nor done without a pause."""

import asyncio

import pytest

from engine.platform import due_work, scheduler
from engine.platform.due_work import DueWork
from engine.platform.scheduler import LONGEST_ERROR, Finish, Later, Scheduler
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.platform.test_scheduler import Clock, Done, clock, controller, done, note, put

__all__ = ["clock", "controller", "done"]


@pytest.mark.parametrize(
    "said", ["a name with \0 in it", "half a pair: \ud800", "long " * 100_000], ids=["zero", "surrogate", "long"]
)
async def test_work_whose_error_no_database_would_store_is_tried_again_and_given_up_as_any(
    monkeypatch: pytest.MonkeyPatch, database: Database, controller: Writer, clock: Clock, done: Done, said: str
) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.01,))

    async def fail(work: DueWork, finish: Finish) -> None:
        await done(work, finish)
        raise OSError(said)

    failing = Scheduler(database, controller, clock=clock)
    failing.register("note", fail)
    await put(controller, note("odd", clock()))
    await failing.start()
    await done.count(2)
    await failing.stop()
    (given_up,) = await database.read(due_work.failed)
    assert given_up.attempts == 2 and given_up.error and len(given_up.error) <= LONGEST_ERROR


async def test_work_of_which_a_part_was_cancelled_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.01,))

    async def wait_for_a_part(work: DueWork, finish: Finish) -> None:
        await done(work, finish)
        if done.times[work.id] == 1:
            part = asyncio.create_task(asyncio.sleep(60))
            part.cancel()
            await part

    waiting = Scheduler(database, controller, clock=clock)
    waiting.register("note", wait_for_a_part)
    await put(controller, note("odd", clock()))
    await waiting.start()
    await done.count(2)
    await waiting.stop()
    assert await database.read(lambda conn: due_work.get(conn, "odd")) is None


async def test_work_that_is_put_off_to_a_time_that_has_passed_does_not_spin(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    async def never(work: DueWork, finish: Finish) -> None:
        await done(work, finish)
        raise Later(0.0, "not now")

    spinning, began = Scheduler(database, controller, clock=clock), clock()
    spinning.register("note", never)
    await put(controller, note("odd", clock()))
    await spinning.start()
    await done.count(4)
    assert clock() - began >= 0.3
    await spinning.stop()
