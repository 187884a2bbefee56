"""The platform: consumers hear what due work writes, to the end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from engine.events import CallRinging, Event
from engine.media import Prompts, RecordingFiles
from engine.net import Net
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import events
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer


class Hearing:
    """A consumer that keeps the ids of what it hears."""

    name = "hearing"
    kinds: frozenset[type[Event]] | None = None

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.heard: list[str] = []

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        self.heard += [stored.event.id for stored in events]
        await self._writer.write(done)


class Work:
    """Due work that writes an event once it may."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def do(self, work: DueWork, finish: Finish) -> None:
        self.begun.set()
        await self.may_end.wait()
        event = CallRinging(id="event-1", account="acct-1", subject="call-1", root="call-1", at=1.0)
        await self._writer.write(lambda conn: events.append(conn, event))


@pytest.fixture
async def platform(database: Database, writer: Writer, tmp_path: Path) -> AsyncIterator[Platform]:
    await database.migrate()
    await writer.claim()
    net = Net()
    yield Platform(database, writer, RecordingFiles(tmp_path), Prompts(net, tmp_path / "prompts"))
    await net.close()


async def test_what_due_work_writes_while_the_platform_stops_is_still_heard(platform: Platform, writer: Writer) -> None:
    hearing, work = Hearing(writer), Work(writer)
    platform.consumers.add(hearing)
    platform.scheduler.register("work", work.do)
    await writer.write(lambda conn: due_work.put(conn, DueWork(id="work-1", kind="work", at=0.0)))
    await platform.start()
    await work.begun.wait()
    stopping = asyncio.create_task(platform.stop(), name="stop the platform")
    work.may_end.set()
    await stopping
    assert hearing.heard == ["event-1"]
