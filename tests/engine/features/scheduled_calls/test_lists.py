"""Lists of calls that wait for a place: nobody else waits for them, and waiting costs next to nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.commands import LimitReached, PlaceCall
from engine.events import CallEnded
from engine.features.scheduled_calls.model import WantedCall
from engine.model.call import Party
from engine.model.cause import HangupCause
from engine.net import Net
from engine.store import events
from engine.store.database import Database
from engine.tasks.secret import Seal
from tests.engine.features.scheduled_calls.test_service import NOW, WANTED, Clockwork, Engine
from tests.support.stores import NewUrl

MANY = 10_000
LISTED = WantedCall(callee="12015550114", try_until=NOW + 3600)


class Full(Engine):
    """The account has `places` for calls; `tried` are the ids of all that were to be placed, refused ones too."""

    def __init__(self, of: Engine) -> None:
        super().__init__(of._writer)
        self.places, self.tried = 0, list[str]()

    async def submit(self, command: PlaceCall) -> Any:
        self.tried.append(command.id or "")
        if command.account == "acct-1":
            if self.places <= 0:
                raise LimitReached("This account has 2 calls at once, and may have no more.")
            self.places -= 1
        return await super().submit(command)


class Waiting(Clockwork):
    """An account with a list of calls, all of whose places are taken, and how many transactions were made."""

    engine: Full

    async def start(self) -> None:
        await super().start()
        self.engine = Full(self.engine)
        self.reads = self.writes = 0
        read, write = self.database.read, self.writer.write

        async def counted_read(unit: Callable[..., Any]) -> Any:
            self.reads += 1
            return await read(unit)

        async def counted_write(unit: Callable[..., Any], **more: Any) -> Any:
            self.writes += 1
            return await write(unit, **more)

        self.database.read, self.writer.write = counted_read, counted_write  # type: ignore[method-assign,assignment]

    async def listed(self, count: int = MANY) -> None:
        """Put a list of calls in, and wait until it is known that there is no place."""
        await self.calls.schedule_all("acct-1", {f"call-1.{place}": LISTED for place in range(count)}, None)
        await self.quiet(lambda: bool(self.engine.tried))

    async def quiet(self, begun: Callable[[], bool] = lambda: True) -> None:
        """Wait until no handler runs, and none will before the clock is set."""
        async with asyncio.timeout(20):
            while not (begun() and self.platform.scheduler.idle):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def seconds(self, count: int) -> None:
        """Let time pass."""
        for _ in range(count):
            self.now += 1
            self.platform.scheduler.wake()
            before = self.reads
            await self.quiet(lambda: self.reads > before)  # noqa: B023

    async def call_ends(self) -> None:
        """A call of the account ends, and its place is free."""
        self.engine.places += 1
        ended = CallEnded(
            id="event-1", account="acct-1", subject="call-9", root="call-9", at=self.now, cause=HangupCause.NORMAL,
            hung_up_by=Party.FAR, answered=True, seconds=1.0, price=0, currency="USD",
        )  # fmt: skip
        await self.writer.write(lambda conn: events.append(conn, ended))


@pytest.fixture
async def waiting(new_sqlite: NewUrl, tmp_path: Path) -> AsyncIterator[Waiting]:
    net, database = Net(), Database(new_sqlite(), Seal("the installation's secret"))
    made = Waiting(database, tmp_path, net)
    await made.start()
    yield made
    await made.stop()
    await database.close()
    await net.close()


async def test_ten_thousand_calls_that_wait_hold_up_no_other_account(waiting: Waiting) -> None:
    await waiting.listed()
    made = await waiting.calls.schedule("acct-2", WANTED, NOW + 60)
    waiting.now = NOW + 60
    waiting.platform.scheduler.wake()
    began = asyncio.get_running_loop().time()
    await waiting.quiet(lambda: made.id in waiting.engine.tried)
    assert asyncio.get_running_loop().time() - began < 1.0
    assert [each.id for each in waiting.engine.placed] == [made.id]


async def test_a_call_of_its_own_is_not_held_up_by_its_accounts_list(waiting: Waiting) -> None:
    await waiting.listed(MANY - 1)
    made = await waiting.calls.schedule("acct-1", WANTED, NOW + 60)

    async def refused() -> bool:
        return (await waiting.calls.get("acct-1", made.id)).state == "refused"

    await waiting.at(60, refused)


async def test_ten_thousand_calls_that_wait_for_minutes_cost_few_transactions(waiting: Waiting) -> None:
    await waiting.listed()
    assert len(waiting.engine.tried) <= 50
    waiting.engine.tried.clear()
    waiting.reads = waiting.writes = 0
    await waiting.seconds(120)
    assert 3 <= len(waiting.engine.tried) <= 12
    assert waiting.writes <= 30, "a claim and its return for each attempt"
    assert waiting.reads <= 200, "one look for each second in which the clock was set"


async def test_a_place_that_is_free_is_taken_at_once_by_the_first_of_the_list(waiting: Waiting) -> None:
    await waiting.listed(20)
    await waiting.seconds(40)
    before = len(waiting.engine.tried)
    await waiting.call_ends()
    waiting.now += 1
    waiting.platform.scheduler.wake()
    await waiting.quiet(lambda: bool(waiting.engine.placed))
    assert [each.id for each in waiting.engine.placed] == ["call-1.0"]
    assert len(waiting.engine.tried) - before <= 3


async def test_a_list_goes_on_quickly_when_its_account_may_have_more_calls(waiting: Waiting) -> None:
    await waiting.listed(200)
    waiting.engine.places = 1000
    await waiting.at(2, waiting.gone)
    assert sorted(each.id or "" for each in waiting.engine.placed) == sorted(f"call-1.{n}" for n in range(200))


async def test_a_list_whose_hour_is_over_is_refused_with_the_reason(waiting: Waiting) -> None:
    await waiting.listed(30)

    async def refused() -> bool:
        return "scheduled" not in await waiting.states()

    await waiting.at(3601, refused)
    reasons = {call.reason for call in await waiting.calls.page("acct-1")}
    assert reasons == {"This account has 2 calls at once, and may have no more."}
    assert waiting.engine.placed == []
