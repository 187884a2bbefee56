"""Events, recordings and deliveries."""

from typing import Any

from sqlalchemy import Connection

from engine.features.recordings import store as kept
from engine.store import cursors, deliveries, events, recordings, tables
from engine.store.database import Database
from engine.store.deliveries import DEAD, DELIVERED, Attempt, DeliveryRow
from engine.store.events import StoredEvent
from engine.store.recordings import RecordingRow
from engine.store.writer import Writer
from tests.engine.store.samples import an_event


def _delivery(id: str = "delivery-1", **fields: Any) -> DeliveryRow:
    return DeliveryRow(
        **{
            "id": id,
            "event": f"event of {id}",
            "part": 0,
            "position": 1,
            "account": "acct-1",
            "root": "call-1",
            "subject": "call-1",
            "dialect": "one",
            "host": "a.example",
            "url": "http://a.example/",
            "body": "x=1",
            "content_type": "application/x-www-form-urlencoded",
            "due": 1.0,
            "created": 1.0,
        }
        | fields
    )


async def test_events_come_back_in_order(writer: Writer, database: Database, told: list[StoredEvent]) -> None:
    def unit(conn: Connection) -> None:
        for root, subject in (("call-1", "call-1"), ("call-2", "call-2"), ("call-1", "call-3")):
            events.append(conn, an_event(root, subject=subject))

    await writer.write(unit)
    assert await database.read(lambda conn: events.after(conn, 0, 10)) == told
    assert await database.read(lambda conn: events.after(conn, told[0].position, 1)) == told[1:2]
    assert await database.read(lambda conn: events.of_root(conn, "call-1")) == [told[0], told[2]]
    assert await database.read(lambda conn: events.of_subject(conn, "call-3")) == [told[2]]
    assert await database.read(events.last_position) == told[-1].position


async def test_a_position_is_never_reused(writer: Writer, told: list[StoredEvent]) -> None:
    for _ in range(2):
        await writer.write(lambda conn: events.append(conn, an_event()))
        await writer.write(lambda conn: conn.execute(tables.events.delete()).rowcount)
    assert told[0].position < told[1].position


async def test_a_recording_from_its_start_to_its_deletion(writer: Writer, database: Database) -> None:
    row = RecordingRow(id="rec-1", account="acct-1", owner="call-1", task="task-1", name="call-1", created=1.0)
    await writer.write(lambda conn: recordings.begin(conn, row))
    await writer.write(lambda conn: recordings.finish(conn, "rec-1", 2.5, 2**33))
    stored = await database.read(lambda conn: recordings.get(conn, "rec-1"))
    assert stored is not None and (stored.seconds, stored.bytes) == (2.5, 2**33)
    assert await database.read(lambda conn: kept.of_owner(conn, "call-1")) == [stored]
    assert await database.read(lambda conn: kept.list(conn, "acct-1")) == [stored]
    assert await database.read(lambda conn: kept.list(conn, before="rec-1")) == []
    assert await writer.write(lambda conn: kept.mark_deleted(conn, "rec-1", 3.0))
    assert not await writer.write(lambda conn: kept.mark_deleted(conn, "rec-1", 4.0))
    assert await database.read(lambda conn: kept.list(conn)) == []


async def test_recordings_of_one_call_have_names_of_their_own(writer: Writer) -> None:
    def unit(conn: Connection) -> str:
        name = recordings.unused_name(conn, "call-1", "call-1")
        row = RecordingRow(id=f"rec {name}", account="a", owner="call-1", task="task-1", name=name, created=1.0)
        recordings.begin(conn, row)
        return name

    assert [await writer.write(unit) for _ in range(3)] == ["call-1", "call-1-2", "call-1-3"]


async def test_each_part_of_an_event_is_delivered_once(writer: Writer, database: Database) -> None:
    assert await writer.write(lambda conn: deliveries.add(conn, _delivery("delivery-1", event="event-1")))
    assert not await writer.write(lambda conn: deliveries.add(conn, _delivery("delivery-2", event="event-1")))
    assert await writer.write(lambda conn: deliveries.add(conn, _delivery("delivery-3", event="event-1", part=1)))
    assert [row.id for row in await database.read(deliveries.pending)] == ["delivery-1", "delivery-3"]


async def test_what_is_pending_is_read_by_its_subscription(writer: Writer, database: Database) -> None:
    for number, subscriber in enumerate(("", "sub-1", "sub-2", "sub-1", "sub-1", "")):
        row = _delivery(f"delivery-{number}", position=9 - number, subscriber=subscriber)
        await writer.write(lambda conn, row=row: deliveries.add(conn, row))
    await writer.write(lambda conn: deliveries.finish(conn, "delivery-2", DEAD, 10.0))
    assert await database.read(deliveries.awaited) == ["sub-1"]
    found = await database.read(lambda conn: deliveries.pending_of(conn, "sub-1", 2))
    assert [row.id for row in found] == ["delivery-4", "delivery-3"]
    found = await database.read(lambda conn: deliveries.pending_of(conn, ""))
    assert [row.id for row in found] == ["delivery-5", "delivery-0"]


async def test_the_attempts_of_a_delivery_are_stored(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: deliveries.add(conn, _delivery()))
    await writer.write(lambda conn: deliveries.attempt(conn, "delivery-1", 1, 2.0, 0.5, 500, None))
    await writer.write(lambda conn: deliveries.attempt(conn, "delivery-1", 1, 2.0, 0.5, 500, None))
    await writer.write(lambda conn: deliveries.postpone(conn, "delivery-1", 9.0, "HTTP 500"))
    await writer.write(lambda conn: deliveries.attempt(conn, "delivery-1", 2, 9.0, 0.1, None, "refused"))
    row = _delivery(attempts=2, due=9.0, error="HTTP 500")
    assert await database.read(deliveries.pending) == [row]
    await writer.write(lambda conn: deliveries.finish(conn, "delivery-1", DELIVERED, 10.0, None))
    (shown,) = await database.read(lambda conn: deliveries.of_subject(conn, "call-1"))
    assert (shown.state, shown.ended, shown.error) == (DELIVERED, 10.0, None)
    assert shown.tries == (
        Attempt(number=1, at=2.0, seconds=0.5, status=500, error=None),
        Attempt(number=2, at=9.0, seconds=0.1, status=None, error="refused"),
    )
    assert await database.read(deliveries.pending) == []


async def test_a_dead_delivery_is_revived(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: deliveries.add(conn, _delivery()))
    assert not await writer.write(lambda conn: deliveries.revive(conn, "delivery-1"))
    await writer.write(lambda conn: deliveries.finish(conn, "delivery-1", DEAD, 10.0, "gave up"))
    assert [row.id for row in await database.read(deliveries.dead)] == ["delivery-1"]
    assert await database.read(lambda conn: deliveries.dead(conn, "acct-2")) == []
    assert await writer.write(lambda conn: deliveries.revive(conn, "delivery-1"))
    assert await database.read(lambda conn: deliveries.get(conn, "delivery-1")) == _delivery(due=0.0)


async def test_pending_deliveries_come_in_the_order_of_events(writer: Writer, database: Database) -> None:
    for number, (position, part) in enumerate([(2, 1), (10, 0), (2, 0)]):
        row = _delivery(f"delivery-{number}", position=position, part=part)
        await writer.write(lambda conn, row=row: deliveries.add(conn, row))
    assert [row.id for row in await database.read(deliveries.pending)] == ["delivery-2", "delivery-0", "delivery-1"]


async def test_a_cursor_is_stored(writer: Writer, database: Database) -> None:
    assert await database.read(lambda conn: cursors.get(conn, "publisher")) is None
    for position in (5, 2**40):
        await writer.write(lambda conn, position=position: cursors.put(conn, "publisher", position))
    assert await database.read(lambda conn: cursors.get(conn, "publisher")) == 2**40
