"""Kinds of due work with a limit of their own, and work that is put off."""

import asyncio
from collections import Counter

from sqlalchemy import Connection

from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.scheduler import AT_ONCE, Finish, Later, Scheduler
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.platform.test_scheduler import Clock, Done


async def test_a_kind_with_a_limit_waits_for_itself_and_holds_up_no_other(database: Database) -> None:
    """Recordings that wait for a slow bucket do not make calls late."""
    clock, let_go, running = Clock(), asyncio.Event(), Counter[str]()
    most = Counter[str]()
    writer = Writer(database, "carillon-0")
    await writer.claim()
    scheduler, done = Scheduler(database, writer, clock=clock), Done(clock)

    async def slow(work: DueWork, finish: Finish) -> None:
        running["slow"] += 1
        most["slow"] = max(most["slow"], running["slow"])
        await let_go.wait()
        running["slow"] -= 1
        await done(work, finish)

    scheduler.register("slow", slow, at_once=3)
    scheduler.register("call", done)

    def unit(conn: Connection) -> None:
        for number in range(300):
            due_work.put(conn, DueWork(id=f"slow-{number}", kind="slow", at=clock() - 10))
        for number in range(20):
            due_work.put(conn, DueWork(id=f"call-{number}", kind="call", at=clock()))

    await writer.write(unit)
    await scheduler.start()
    await done.count(20)
    assert set(done.times) == {f"call-{number}" for number in range(20)} and most["slow"] == 3
    let_go.set()
    await done.count(320)
    assert set(done.times.values()) == {1} and most["slow"] == 3
    await scheduler.stop()
    await writer.stop()


async def test_handlers_without_a_limit_that_hang_hold_up_no_kind_with_one(database: Database) -> None:
    """Files on a volume that hangs do not stop calls; and once it goes on, so does all that waited for it."""
    clock, let_go = Clock(), asyncio.Event()
    writer = Writer(database, "carillon-0")
    await writer.claim()
    scheduler, hung, done = Scheduler(database, writer, clock=clock), Done(clock), Done(clock)

    async def hang(work: DueWork, finish: Finish) -> None:
        await hung(work, finish)
        await let_go.wait()

    scheduler.register("file", hang)
    scheduler.register("call", done, at_once=2)

    def files(conn: Connection) -> None:
        for number in range(500):
            due_work.put(conn, DueWork(id=f"file-{number}", kind="file", at=clock() - 10))

    await writer.write(files)
    await scheduler.start()
    await hung.count(AT_ONCE)
    for number in range(5):
        call = DueWork(id=f"call-{number}", kind="call", at=clock())
        await writer.write(lambda conn, call=call: due_work.put(conn, call))
        scheduler.wake()
        await done.count(number + 1)
    assert hung.times.total() == AT_ONCE
    let_go.set()
    await hung.count(500)
    assert set(hung.times.values()) == {1}
    await scheduler.stop()
    await writer.stop()


async def test_work_that_is_put_off_keeps_its_attempts_and_is_done_later(database: Database) -> None:
    clock = Clock()
    writer = Writer(database, "carillon-0")
    await writer.claim()
    scheduler, tried = Scheduler(database, writer, clock=clock), Done(clock)

    async def first_later(work: DueWork, finish: Finish) -> None:
        await tried(work, finish)
        if tried.times[work.id] == 1:
            raise Later(clock() + 3600, "not now")

    scheduler.register("call", first_later)
    await writer.write(lambda conn: due_work.put(conn, DueWork(id="call-1", kind="call", at=clock())))
    await scheduler.start()
    await tried.count(1)
    async with asyncio.timeout(20):
        while (left := await database.read(lambda conn: due_work.get(conn, "call-1"))) and left.at < clock() + 60:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert left and (left.attempts, left.error, left.failed) == (0, None, None)
    clock.step(3600)
    scheduler.wake()
    await tried.count(2)
    await scheduler.stop()
    assert await database.read(lambda conn: due_work.get(conn, "call-1")) is None
    await writer.stop()
