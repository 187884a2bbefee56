"""Work that is due: each row once, at its time, over restarts, set clocks and accidents."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from engine.platform import due_work, scheduler
from engine.platform.due_work import DueWork
from engine.platform.scheduler import Finish, Scheduler, UnknownEpoch
from engine.store.database import Database
from engine.store.writer import Writer

BERLIN = ZoneInfo("Europe/Berlin")
PER_SECOND = 5000


class Clock:
    """The wall clock, which can be set."""

    def __init__(self, at: float | None = None) -> None:
        self._ahead = 0.0 if at is None else at - time.time()

    def __call__(self) -> float:
        return time.time() + self._ahead

    def step(self, seconds: float) -> None:
        """Set it forwards, or backwards."""
        self._ahead += seconds


class Done:
    """What was done, how often, and how late (seconds)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.times: Counter[str] = Counter()
        self.late: dict[str, float] = {}
        self._changed = asyncio.Event()

    async def __call__(self, work: DueWork, finish: Finish) -> None:
        self.times[work.id] += 1
        self.late[work.id] = self._clock() - work.at
        self._changed.set()

    async def count(self, wanted: int) -> None:
        """Wait until so much was done."""
        async with asyncio.timeout(30):
            while self.times.total() < wanted:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def done(clock: Clock) -> Done:
    return Done(clock)


@pytest.fixture
async def controller(database: Database) -> AsyncIterator[Writer]:
    """The writer of a controller that may steer."""
    writer = Writer(database, "carillon-0")
    await writer.claim()
    yield writer
    await writer.stop()


@pytest.fixture
async def started(database: Database, controller: Writer, clock: Clock, done: Done) -> AsyncIterator[Scheduler]:
    """A scheduler at work."""
    scheduler = Scheduler(database, controller, clock=clock)
    scheduler.register("note", done)
    await scheduler.start()
    yield scheduler
    await scheduler.stop()


async def put(writer: Writer, *works: DueWork) -> None:
    def unit(conn: Connection) -> None:
        for work in works:
            due_work.put(conn, work)

    await writer.write(unit)


def note(id: str, at: float, **fields: object) -> DueWork:
    return DueWork(**{"id": id, "kind": "note", "at": at, **fields})  # type: ignore[arg-type]


async def rows(database: Database) -> int:
    return len(await database.read(lambda conn: conn.exec_driver_sql("SELECT id FROM due_work").fetchall()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_what_is_due_is_done_once_at_its_time_and_its_row_goes(
    database: Database, controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, note("soon", clock() + 0.2), note("later", clock() + 3600))
    started.wake()
    await done.count(1)
    assert done.times == {"soon": 1} and 0 <= done.late["soon"] < 1
    await until(lambda: started.idle)
    assert await rows(database) == 1


async def test_work_that_is_put_in_before_the_rest_is_not_waited_for_behind_it(
    controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, note("later", clock() + 3600))
    started.wake(clock() + 3600)
    at = clock() + 0.1
    await put(controller, note("soon", at))
    started.wake(at)
    await done.count(1)
    assert done.late["soon"] < 1


async def test_work_is_moved_by_putting_it_again_and_taken_back_by_removing_it(
    controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, note("moved", clock() + 3600), note("taken back", clock() + 0.3))
    started.wake()
    await put(controller, note("moved", clock() + 0.5))
    assert await controller.write(lambda conn: due_work.remove(conn, "taken back"))
    started.wake()
    await done.count(1)
    assert done.times == {"moved": 1}


async def test_ten_thousand_rows_are_done_once_each_over_a_restart(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    """The first controller ends in the middle, with handlers at work; the second one claims what was not finished.

    How late they are is measured by `make bench ARGS="--only due"`.
    """
    now = clock()
    await put(controller, *(note(str(number), now + number / PER_SECOND) for number in range(10_000)))

    async def mark(work: DueWork, finish: Finish) -> None:
        """Mark it and take its row away in one transaction: what a feature does."""
        if await controller.write(finish):
            await done(work, finish)

    first = Scheduler(database, controller, clock=clock)
    first.register("note", mark)
    await first.start()
    await done.count(3000)
    await first.stop()
    await controller.claim()  # as a controller that was started again
    second = Scheduler(database, controller, clock=clock)
    second.register("note", mark)
    await second.start()
    await done.count(10_000)
    await second.stop()
    assert len(done.times) == 10_000 and set(done.times.values()) == {1}
    assert await rows(database) == 0


async def test_what_another_controller_claimed_and_did_not_finish_is_done_by_the_next(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    await put(controller, note("left", clock() - 60))
    epoch = controller.epoch
    assert epoch is not None
    assert len(await controller.write(lambda conn: due_work.claim(conn, ["note"], clock(), epoch, 10))) == 1
    assert await controller.write(lambda conn: due_work.claim(conn, ["note"], clock(), epoch, 10)) == []
    await controller.claim()
    scheduler = Scheduler(database, controller, clock=clock)
    scheduler.register("note", done)
    await scheduler.start()
    await done.count(1)
    await scheduler.stop()


async def test_a_clock_that_is_set_forwards_is_noticed_within_a_second(
    controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, note("in an hour", clock() + 3600))
    started.wake()
    await until(lambda: started.idle)
    clock.step(3600)
    began = time.monotonic()
    await done.count(1)
    assert time.monotonic() - began < 1


async def test_a_clock_that_is_set_back_repeats_nothing(
    controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, note("first", clock()), note("second", clock() + 1800.2))
    started.wake()
    await done.count(1)
    clock.step(-3600)
    clock.step(5400)
    await done.count(2)
    assert done.times == {"first": 1, "second": 1}


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    assert os.environ.get("TZ") != "Europe/Berlin"


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("at", "hours"),
    [
        (datetime(2027, 3, 28, 3, 0, tzinfo=BERLIN), 1),  # the hour from 2 to 3 is not there
        (datetime(2027, 10, 31, 3, 0, tzinfo=BERLIN), 3),  # the hour from 2 to 3 is there twice
    ],
)
async def test_a_change_to_or_from_summer_time_moves_nothing(
    database: Database, controller: Writer, at: datetime, hours: int
) -> None:
    clock = Clock(at.replace(hour=1).timestamp())
    done = Done(clock)
    scheduler = Scheduler(database, controller, clock=clock)
    scheduler.register("note", done)
    await put(controller, note("at three", at.timestamp()))
    await scheduler.start()
    for _ in range(hours):
        assert not done.times
        clock.step(3600)
    await done.count(1)
    assert done.late["at three"] < 2
    await scheduler.stop()


async def test_a_handler_that_fails_is_tried_again_and_its_row_kept_in_the_end_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, database: Database, controller: Writer, clock: Clock
) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.01, 0.02))
    attempts: list[int] = []

    async def fail(work: DueWork, finish: Finish) -> None:
        attempts.append(work.attempts)
        raise OSError("the carrier is away")

    failing = Scheduler(database, controller, clock=clock)
    failing.register("note", fail)
    await put(controller, note("never", clock()))
    await failing.start()
    await until(lambda: len(attempts) == 3 and failing.idle)
    (given_up,) = await database.read(due_work.failed)
    assert attempts == [0, 1, 2]
    assert (given_up.attempts, given_up.error) == (3, "OSError: the carrier is away")
    assert given_up.failed is not None
    await failing.stop()


async def test_one_slow_handler_holds_up_no_other(
    database: Database, controller: Writer, clock: Clock, done: Done
) -> None:
    gate = asyncio.Event()

    async def slow(work: DueWork, finish: Finish) -> None:
        await gate.wait()

    both = Scheduler(database, controller, clock=clock)
    both.register("slow", slow)
    both.register("note", done)
    await put(controller, DueWork(id="slow", kind="slow", at=clock()), note("quick", clock()))
    await both.start()
    await done.count(1)
    assert await rows(database) >= 1
    gate.set()
    await both.stop()
    assert await rows(database) == 0


async def test_work_of_a_kind_without_a_handler_stays(
    database: Database, controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    await put(controller, DueWork(id="strange", kind="of a later version", at=clock()), note("known", clock()))
    started.wake()
    await done.count(1)
    await until(lambda: started.idle)
    assert await database.read(lambda conn: due_work.get(conn, "strange")) is not None


async def test_a_controller_that_was_replaced_does_nothing_more(
    database: Database, controller: Writer, started: Scheduler, clock: Clock, done: Done
) -> None:
    other = Writer(database, "carillon-0")
    await other.claim()
    await put(other, note("theirs", clock()))
    started.wake()
    await controller.fenced.wait()
    assert not done.times
    await other.stop()


async def test_two_handlers_of_a_kind_and_a_start_before_the_claim_are_mistakes(
    database: Database, writer: Writer, done: Done
) -> None:
    scheduler = Scheduler(database, writer)
    scheduler.register("note", done)
    with pytest.raises(ValueError, match="two handlers were registered for note"):
        scheduler.register("note", done)
    with pytest.raises(UnknownEpoch):
        await scheduler.start()
