"""The writer: group commit, order, failures, fencing, and events passed on."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from engine.store import cursors, events
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from tests.engine.store.samples import an_event
from tests.support.call_data import noted


def _append(root: str, note: str = "") -> Callable[[Connection], None]:
    event = an_event(root, data=noted(note))
    return lambda conn: events.append(conn, event)


def _notes(told: list[StoredEvent]) -> list[str]:
    return [stored.event.data.values["note"] for stored in told if stored.event.data]


class _Gate:
    """A unit that holds the writer until opened, so that what is handed in meanwhile forms one batch."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def __call__(self, conn: Connection) -> None:
        assert self._open.wait(30)

    def open(self) -> None:
        self._open.set()


async def test_a_write_returns_the_units_value_after_the_commit(writer: Writer, database: Database) -> None:
    assert await writer.write(lambda conn: cursors.put(conn, "c", 7) or "value") == "value"
    other = Database(database._reading.url.render_as_string(hide_password=False))  # as another process would see it
    assert await other.read(lambda conn: cursors.get(conn, "c")) == 7
    await other.close()


async def test_group_commit_keeps_the_order_of_write_and_post(writer: Writer, told: list[StoredEvent]) -> None:
    gate = _Gate()
    writer.post(gate)
    writes = []
    for number in range(100):
        if number % 2:
            writer.post(_append("call-1", str(number)))
        else:
            writes.append(asyncio.ensure_future(writer.write(_append("call-1", str(number)))))
            await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*writes)
    await writer.write(lambda conn: None)
    assert _notes(told) == [str(number) for number in range(100)]


async def test_a_failing_unit_does_not_affect_others(
    writer: Writer, database: Database, told: list[StoredEvent]
) -> None:
    def failing(conn: Connection) -> None:
        events.append(conn, an_event("call-1", data=noted("bad")))
        raise LookupError("no such thing")

    gate = _Gate()
    writer.post(gate)
    units = [_append("call-1", "before"), failing, _append("call-1", "after")]
    writes = [asyncio.ensure_future(writer.write(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), LookupError, type(None)]
    assert _notes(told) == ["before", "after"]
    assert [stored.event.sequence for stored in told] == [1, 2]
    assert await database.read(lambda conn: events.of_root(conn, "call-1")) == told


async def test_a_unit_that_violates_a_constraint_does_not_affect_others(
    writer: Writer, told: list[StoredEvent]
) -> None:
    twice = an_event("call-1")
    gate = _Gate()
    writer.post(gate)
    units = [lambda conn: events.append(conn, twice)] * 2 + [_append("call-1", "after")]
    writes = [asyncio.ensure_future(writer.write(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert [stored.event.sequence for stored in told] == [1, 2]


async def test_a_posted_units_error_is_logged(writer: Writer) -> None:
    def failing(conn: Connection) -> None:
        raise LookupError("no such thing")

    with capture_logs() as logs:
        writer.post(failing)
        await writer.write(lambda conn: None)
    assert [entry["event"] for entry in logs] == ["A posted write failed."]


async def test_sequences_rise_by_one_in_each_root(writer: Writer, database: Database) -> None:
    await asyncio.gather(*(writer.write(_append(f"call-{number % 3}")) for number in range(60)))
    for root in ("call-0", "call-1", "call-2"):
        stored = await database.read(lambda conn, root=root: events.of_root(conn, root))
        assert [event.event.sequence for event in stored] == list(range(1, 21))


async def test_events_are_passed_on_after_their_commit_and_before_write_returns(database: Database) -> None:
    seen: list[asyncio.Future[int]] = []

    def tell(stored: list[StoredEvent]) -> None:
        reading = database.read(events.last_position)
        seen.append(asyncio.ensure_future(reading))

    writer = Writer(database, "", tell)
    await writer.write(_append("call-1"))
    assert len(seen) == 1
    assert await seen[0] == 1
    await writer.stop()


async def test_a_listener_that_fails_does_not_fail_the_write(database: Database) -> None:
    def tell(stored: list[StoredEvent]) -> None:
        raise LookupError("a bug")

    writer = Writer(database, "", tell)
    with capture_logs() as logs:
        await writer.write(_append("call-1"))
    assert [entry["event"] for entry in logs] == ["Passing committed events on failed."]
    await writer.stop()


async def test_a_writer_is_fenced_once_another_claims(writer: Writer, database: Database) -> None:
    await writer.write(_append("call-1"))
    successor = Writer(database, "carillon-0")
    assert await successor.claim() == 2
    with pytest.raises(Fenced):
        await writer.write(_append("call-1"))
    assert writer.fenced.is_set()
    await successor.write(_append("call-1"))
    assert len(await database.read(lambda conn: events.of_root(conn, "call-1"))) == 2
    await successor.stop()


async def test_a_writer_that_never_claimed_writes_nothing(database: Database) -> None:
    writer = Writer(database, "carillon-0")
    with pytest.raises(Fenced):
        await writer.write(_append("call-1"))
    await writer.stop()


async def test_writers_of_two_applications_do_not_fence_each_other(writer: Writer, database: Database) -> None:
    other = Writer(database, "carillon-1")
    await other.claim()
    await asyncio.gather(*(one.write(_append(f"call-{n}")) for n in range(20) for one in (writer, other)))
    stored = await database.read(lambda conn: events.after(conn, 0, 100))
    assert len(stored) == 40
    await other.stop()


async def test_stop_commits_what_waits(database: Database) -> None:
    writer = Writer(database)
    gate = _Gate()
    writer.post(gate)
    for _ in range(300):
        writer.post(_append("call-1"))
    gate.open()
    await writer.stop()
    assert len(await database.read(lambda conn: events.of_root(conn, "call-1"))) == 300
    with pytest.raises(StoreClosed):
        writer.post(_append("call-1"))


async def test_a_cancelled_write_is_not_withdrawn(writer: Writer, database: Database) -> None:
    gate = _Gate()
    writer.post(gate)
    write = asyncio.ensure_future(writer.write(_append("call-1")))
    await asyncio.sleep(0)
    write.cancel()
    gate.open()
    await writer.write(lambda conn: None)
    assert write.cancelled()
    assert await database.read(events.last_position) == 1


async def test_units_of_one_turn_of_the_loop_are_one_batch(database: Database) -> None:
    batches: list[list[StoredEvent]] = []
    writer = Writer(database, "", batches.append)
    writer.post(_append("call-1", "posted"))
    writer.post(_append("call-1", "posted too"))
    await writer.write(_append("call-1", "written"))
    assert [_notes(batch) for batch in batches] == [["posted", "posted too", "written"]]
    await writer.stop()


async def test_a_posted_unit_goes_with_the_next_write(
    writer: Writer, told: list[StoredEvent], database: Database
) -> None:
    writer.post_seconds = 60.0
    writer.post(_append("call-1", "posted"))
    unhurried = asyncio.ensure_future(writer.write(_append("call-1", "unhurried"), hurry=False))
    await database.read(lambda conn: None)
    assert (writer.waiting, told) == (2, [])
    await writer.write(_append("call-1", "written"))
    assert _notes(told) == ["posted", "unhurried", "written"]
    assert unhurried.done()


async def test_a_posted_unit_does_not_wait_long(database: Database) -> None:
    told = asyncio.Event()
    writer = Writer(database, "", lambda _: told.set())
    writer.post(_append("call-1"))
    async with asyncio.timeout(10):
        await told.wait()
        await writer.write(lambda conn: None, hurry=False)
    await writer.stop()


async def test_writes_under_load_go_together(writer: Writer, database: Database, told: list[StoredEvent]) -> None:
    writer.write_seconds = 60.0
    await writer.write(lambda conn: None)
    writes = [asyncio.ensure_future(writer.write(_append("call-1"))) for _ in range(3)]
    await database.read(lambda conn: None)
    assert writer.waiting == 3
    await writer.stop()
    await asyncio.gather(*writes)
    assert len(told) == 3


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await database.read(lambda conn: cursors.put(conn, "c", 1))
