"""Once a day what is older than the settings say goes; what is still needed stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.events import CallAnswered
from engine.features.retention.feature import RetentionFeature
from engine.features.retention.worker import DAY_SECONDS, KIND, next_run
from engine.media import Prompts, RecordingFiles
from engine.model.call import CallState
from engine.net import Net
from engine.platform import audit, due_work
from engine.platform.audit import ADMIN
from engine.platform.due_work import DueWork
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import calls, cursors, events
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.store.samples import a_call

NOON = 20_000 * DAY_SECONDS + 43_200
THREE = NOON + 15 * 3600


class Kept30:
    """A store at noon, whose clock can be set; the audit is kept for 30 days, events for 7."""

    def __init__(self, database: Database, folder: Path, net: Net) -> None:
        self.now, self.database = NOON, database
        self.writer = Writer(database, "carillon-0")
        self.platform = Platform(
            database, self.writer, RecordingFiles(folder), Prompts(net, folder / "prompts"), clock=lambda: self.now
        )
        self.features = Features(self.platform)
        self.features.add(RetentionFeature(self.platform, {"audit": 30, "events": 7}))

    async def start(self) -> None:
        await self.writer.claim()
        await self.features.start()
        await self.platform.start()

    async def stop(self) -> None:
        await self.platform.stop()
        await self.features.stop()
        await self.writer.stop()

    async def audited(self, days: float) -> None:
        """Something was changed so many days ago."""
        await self.writer.write(
            lambda conn: audit.record(
                conn, ADMIN, account=None, what="x", subject=f"{days:g}", at=self.now - days * DAY_SECONDS
            )
        )

    async def happened(self, call: str, days: float, *, live: bool = False) -> None:
        """A call was answered so many days ago, and has ended or is `live`."""
        at = self.now - days * DAY_SECONDS

        def unit(conn: Connection) -> None:
            calls.insert(conn, a_call(call, state=CallState.ANSWERED if live else CallState.ENDED))
            if not live:
                calls.update(conn, a_call(call, state=CallState.ENDED, ended=at))
            events.append(conn, CallAnswered(id=f"e-{call}", account="acct-1", subject=call, root=call, at=at))

        await self.writer.write(unit)

    async def heard(self, consumer: str = "publisher") -> None:
        """A consumer has handled all events."""
        await self.writer.write(lambda conn: cursors.put(conn, consumer, events.last_position(conn)))

    async def left(self) -> tuple[list[str], list[str], float]:
        """What is in the audit, of which calls there are events, and when the next removal is due."""

        def read(conn: Connection) -> tuple[list[str], list[str], float]:
            due = due_work.get(conn, KIND)
            assert due
            found = sorted(entry.subject for entry in audit.of(conn, None))
            return found, sorted(one.event.subject for one in events.after(conn, 0, 100)), due.at

        return await self.database.read(read)

    async def three_o_clock(self) -> None:
        """It is three o'clock in the morning, and the removal is over."""
        self.now = THREE + 1
        self.platform.scheduler.wake()
        async with asyncio.timeout(20):
            while (await self.left())[2] == THREE:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> AsyncIterator[Kept30]:
    net = Net()
    made = Kept30(database, tmp_path, net)
    await made.start()
    yield made
    await made.stop()
    await net.close()


async def test_what_is_old_goes_at_three_and_the_next_day_again(kept: Kept30) -> None:
    for days in (40, 31, 29, 0):
        await kept.audited(days)
    for call, days in (("old", 8), ("new", 5)):
        await kept.happened(call, days)
    await kept.heard()
    assert (await kept.left())[2] == THREE
    await kept.three_o_clock()
    assert await kept.left() == (["0", "29"], ["new"], THREE + DAY_SECONDS)


async def test_events_of_live_calls_and_those_that_a_consumer_has_not_heard_stay(kept: Kept30) -> None:
    await kept.happened("live", 9, live=True)
    await kept.happened("heard", 9)
    await kept.heard("slow")
    await kept.happened("unheard", 9)
    await kept.heard()
    await kept.three_o_clock()
    assert (await kept.left())[1] == ["live", "unheard"]


async def test_work_that_was_given_up_is_forgotten_after_a_month(kept: Kept30) -> None:
    def unit(conn: Connection) -> None:
        for days in (29, 31):
            due_work.put(conn, DueWork(id=f"{days}", kind="x", at=0, failed=NOON - days * DAY_SECONDS, error="why"))

    await kept.writer.write(unit)
    await kept.three_o_clock()
    assert [work.id for work in await kept.database.read(due_work.failed)] == ["29"]


@pytest.mark.parametrize(("now", "then"), [(NOON, THREE), (THREE, THREE + DAY_SECONDS), (THREE - 1, THREE)])
def test_the_next_run_is_at_three_in_utc(now: float, then: float) -> None:
    assert next_run(now) == then
