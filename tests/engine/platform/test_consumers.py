"""Consumers of events: at least once, in order, each on its own; over restarts, failures and outages too."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.events import CallAnswered, CallRinging, Event
from engine.platform import consumers as module
from engine.platform.consumers import Consumers, Done
from engine.store import cursors, events
from engine.store.database import Database
from engine.store.errors import StoreUnavailable
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from tests.engine.platform import marking
from tests.engine.store.samples import an_event

LIMIT_SECONDS = 30.0


class Noting:
    """A consumer that notes what it is handed; `failures` are raised first, one a call."""

    def __init__(self, name: str = "noting", kinds: frozenset[type[Event]] | None = None) -> None:
        self.name, self.kinds = name, kinds
        self.noted: list[str] = []
        self.failures: list[Exception] = []
        self.calls = 0
        self.called = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self._more = asyncio.Condition()

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        self.calls += 1
        self.called.set()
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        async with self._more:
            self.noted += [stored.event.id for stored in events]
            self._more.notify_all()

    async def until(self, id: str) -> None:
        async with asyncio.timeout(LIMIT_SECONDS), self._more:
            await self._more.wait_for(lambda: id in self.noted)


Start = Callable[..., Any]


@pytest.fixture
async def start(database: Database, writer: Writer) -> AsyncIterator[Start]:
    """Starts consumers, as a new process does."""
    async with AsyncExitStack() as stack:

        async def made(*each: Any) -> Consumers:
            consumers = Consumers(database, writer)
            for consumer in each:
                consumers.add(consumer)
            writer.on_events = consumers.feed
            await consumers.start()
            stack.push_async_callback(consumers.stop)
            return consumers

        yield made


async def commit(
    writer: Writer, count: int = 1, kind: type[CallRinging] | type[CallAnswered] = CallRinging
) -> list[str]:
    """Commit so many events together; returns their ids."""
    made = [kind(**{**_fields(an_event()), "account": "acct-1"}) for _ in range(count)]

    def unit(conn: Connection) -> None:
        for event in made:
            events.append(conn, event)

    await writer.write(unit)
    return [event.id for event in made]


def _fields(event: CallRinging) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


async def test_each_consumer_hears_the_kinds_it_wants_in_order(start: Start, writer: Writer) -> None:
    every, answers = Noting("every"), Noting("answers", frozenset({CallAnswered}))
    await start(every, answers)
    ringing, answered = await commit(writer, 3), await commit(writer, 2, CallAnswered)
    await every.until(answered[-1])
    await answers.until(answered[-1])
    assert every.noted == ringing + answered and answers.noted == answered


async def test_two_consumers_of_one_name_are_refused(database: Database, writer: Writer) -> None:
    consumers = Consumers(database, writer)
    consumers.add(Noting())
    with pytest.raises(ValueError, match="two consumers are named noting"):
        consumers.add(Noting())


async def test_one_that_hangs_holds_up_no_other(start: Start, writer: Writer) -> None:
    stuck, free = Noting("stuck"), Noting("free")
    stuck.open.clear()
    await start(stuck, free)
    for _ in range(3):
        (id,) = await commit(writer)
        await free.until(id)
    await asyncio.wait_for(stuck.called.wait(), LIMIT_SECONDS)
    assert stuck.noted == [] and stuck.calls == 1
    stuck.open.set()
    await stuck.until(id)
    assert stuck.noted == free.noted


async def test_a_new_consumer_begins_with_the_next_event(start: Start, writer: Writer, database: Database) -> None:
    await commit(writer, 5)
    fresh = Noting()
    await start(fresh)
    assert await database.read(lambda conn: cursors.get(conn, "noting")) is not None
    (id,) = await commit(writer)
    await fresh.until(id)
    assert fresh.noted == [id]


async def test_after_a_restart_it_goes_on_where_it_was(start: Start, writer: Writer) -> None:
    before = Noting()
    consumers = await start(before)
    first = await commit(writer, 3)
    await before.until(first[-1])
    await consumers.stop()
    missed = await commit(writer, 1200)  # more than are read at once
    after = Noting()
    await start(after)
    await after.until(missed[-1])
    assert after.noted == missed


async def test_a_handler_that_raises_gets_the_same_events_again(
    start: Start, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(module, "SECONDS_AFTER_OUTAGE", 0.001)
    failing, other = Noting("failing"), Noting("other")
    failing.failures = [RuntimeError("planted"), StoreUnavailable("planted"), RuntimeError("planted")]
    await start(failing, other)
    ids = await commit(writer, 3)
    await failing.until(ids[-1])
    assert failing.noted == ids and failing.calls == 4
    await other.until(ids[-1])


async def test_one_that_pauses_is_stopped_at_once_and_loses_nothing(start: Start, writer: Writer) -> None:
    failing = Noting()
    failing.failures = [RuntimeError("planted")]
    consumers = await start(failing)
    ids = await commit(writer)
    async with asyncio.timeout(LIMIT_SECONDS):
        while not failing.calls:  # noqa: ASYNC110
            await asyncio.sleep(0)
    async with asyncio.timeout(module.FIRST_PAUSE / 2):
        await consumers.stop()
    again = Noting()
    await start(again)
    await again.until(ids[0])


async def test_a_queue_that_grows_too_long_is_read_from_the_store(
    start: Start, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FED", 10)
    monkeypatch.setattr(module, "AT_ONCE", 4)
    slow = Noting()
    slow.open.clear()
    consumers = await start(slow)
    ids = [id for _ in range(8) for id in await commit(writer, 3)]
    kept = next(iter(consumers._runs.values()))._fed
    assert len(kept) <= 10
    slow.open.set()
    await slow.until(ids[-1])
    ids += await commit(writer, 3)
    await slow.until(ids[-1])
    assert slow.noted == ids


async def test_events_of_another_process_are_handled_in_their_order(
    start: Start, writer: Writer, database: Database
) -> None:
    noting = Noting()
    await start(noting)
    elsewhere = Writer(database)
    ids: list[str] = []
    for number in range(12):
        ids += await commit(elsewhere if number % 3 else writer, 2)
    ids += await commit(writer)
    await noting.until(ids[-1])
    assert noting.noted == ids
    await elsewhere.stop()


@pytest.mark.parametrize("others", [0, 1], ids=["none between", "another process's between"])
async def test_what_is_committed_while_it_reads_follows_without_another_reading_unless_one_is_missing(
    start: Start, writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    before = Noting()
    consumers = await start(before)
    await before.until((await commit(writer))[0])
    await consumers.stop()
    writer.on_events = lambda committed: None
    missed, later = await commit(writer, 3), list[str]()
    readings, read = 0, module._Run._read

    async def reading(run: Any) -> list[StoredEvent]:
        nonlocal readings
        readings += 1
        found = await read(run)
        if readings == 1:
            feed, writer.on_events = writer.on_events, lambda committed: None
            later.extend(await commit(writer, others) if others else [])
            writer.on_events = feed
            later.extend(await commit(writer, 2))
        return found

    monkeypatch.setattr(module._Run, "_read", reading)
    after = Noting()
    await start(after)
    await after.until(missed[-1])
    await after.until(later[-1])
    assert after.noted == missed + later
    assert readings == 1 + others


async def test_events_that_none_wants_cost_no_write_each(
    start: Start, writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_OF_CURSOR", 3600.0)
    consumers = await start(Noting(kinds=frozenset({CallAnswered})))
    moved: list[int] = []
    put = cursors.put
    monkeypatch.setattr(
        cursors, "put", lambda conn, name, position: (moved.append(position), put(conn, name, position))
    )
    for _ in range(50):
        await commit(writer)
    assert moved == [] and consumers.idle
    await consumers.stop()
    last = await database.read(events.last_position)
    assert moved == [last] and await database.read(lambda conn: cursors.get(conn, "noting")) == last


async def test_a_cursor_that_no_consumer_writes_follows_in_a_while(
    start: Start, writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_OF_CURSOR", 0.01)
    await start(Noting())
    await commit(writer, 2)
    last = await database.read(events.last_position)
    async with asyncio.timeout(LIMIT_SECONDS):
        while await database.read(lambda conn: cursors.get(conn, "noting")) != last:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_what_a_consumer_stores_with_its_cursor_is_there_once_wherever_it_is_cancelled(
    writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 7)
    await writer.write(marking.create)
    ids = await commit(writer, 1000)
    await writer.write(lambda conn: cursors.put(conn, marking.Marker.name, 0))
    stopped = Consumers(database, writer)
    marker = marking.Marker(writer)
    stopped.add(marker)
    await stopped.start()
    for cut in (1, 3, 40, 90):
        async with asyncio.timeout(LIMIT_SECONDS):
            while marker.calls < cut:  # noqa: ASYNC110
                await asyncio.sleep(0)
        for task in [run._task for run in stopped._runs.values()]:
            assert task
            task.cancel()
        stopped = Consumers(database, writer)
        stopped.add(marker)
        await stopped.start()
    await _all_marked(database, ids)
    await stopped.stop()


async def test_killed_in_the_middle_of_a_thousand_events_it_handles_each_and_marks_none_twice(
    database_url: str, database: Database, writer: Writer
) -> None:
    await writer.write(marking.create)
    ids = await commit(writer, 1000)
    await writer.write(lambda conn: cursors.put(conn, marking.Marker.name, 0))
    for _ in range(3):
        killed = await _killed_while_marking(database_url)
        assert killed == -signal.SIGKILL
    marked = await database.read(marking.marks)
    assert 0 < len(marked) < 1000
    consumers = Consumers(database, writer)
    consumers.add(marking.Marker(writer))
    await consumers.start()
    await _all_marked(database, ids)
    await consumers.stop()


async def _killed_while_marking(url: str) -> int:
    """Let another process mark events, and kill it after its first transactions."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", marking.__name__, url, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert process.stdout
    async with asyncio.timeout(LIMIT_SECONDS):
        for _ in range(2):
            await process.stdout.readline()
        process.kill()
        return await process.wait()


async def _all_marked(database: Database, ids: list[str]) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        while len(await database.read(marking.marks)) < len(ids):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert sorted(await database.read(marking.marks)) == sorted(ids)
