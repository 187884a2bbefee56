"""Calls for a time: scheduled, placed once, put off while no calls are taken, refused with a reason."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.commands import CreditSpent, EngineUnavailable, LimitReached, NumberRefused, PlaceCall
from engine.commands.once import KeyReused, Once
from engine.events import ScheduledCallRefused
from engine.features.errors import InvalidSetting, NotThere, StillUsed
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.features.scheduled_calls.model import WantedCall
from engine.features.scheduled_calls.service import LONGEST_AHEAD, ScheduledCalls
from engine.media import Prompts, RecordingFiles
from engine.model.call import CallState
from engine.model.call_data import CallData
from engine.net import Net
from engine.platform import due_work
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import calls, events
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.record import Record
from engine.tasks.say import Say
from engine.tasks.secret import Seal, Secret
from tests.engine.store.samples import a_call
from tests.support.stores import NewUrl

NOW = 1_800_000_000.0
WANTED = WantedCall(callee="12015550114", tasks=(Say(text="Good morning."),))


class Engine:
    """Places calls as the engine does, or refuses them; `placed` are the commands that it took."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self.placed, self.refusals = writer, list[PlaceCall](), list[Exception]()
        self.open, self.asked = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def ready(self) -> None:
        self.asked.set()
        await self.open.wait()

    async def submit(self, command: Any) -> Any:
        if self.refusals:
            raise self.refusals.pop(0)
        call = a_call(command.id, account=command.account, state=CallState.QUEUED)
        await self._writer.write(lambda conn: calls.insert(conn, call))
        self.placed.append(command)
        return call


class Clockwork:
    """A platform with the feature alone, and a clock that can be set."""

    def __init__(self, database: Database, folder: Path, net: Net) -> None:
        self.now, self.database = NOW, database
        self._folder, self._net = folder, net

    async def start(self) -> None:
        self.writer = Writer(self.database, "carillon-0")
        self.engine = Engine(self.writer)
        prompts = Prompts(self._net, self._folder / "prompts")
        self.platform = Platform(
            self.database, self.writer, RecordingFiles(self._folder), prompts, clock=lambda: self.now
        )
        features = Features(self.platform)
        features.add(ScheduledCallsFeature(self.platform, self._check, lambda: self.engine))
        self.calls = features[ScheduledCalls]
        await self.writer.claim()
        await self.platform.start()

    async def stop(self) -> None:
        self.engine.open.set()
        await self.platform.stop()
        await self.writer.stop()

    async def at(self, seconds: float, good: Any) -> None:
        """So many seconds after the beginning; returns once it is `good`."""
        self.now = NOW + seconds
        self.platform.scheduler.wake()
        async with asyncio.timeout(20):
            while not await good():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def states(self) -> list[str]:
        return [call.state for call in await self.calls.page("acct-1")]

    async def gone(self) -> bool:
        return not await self.states()

    async def refused(self) -> bool:
        return await self.states() == ["refused"]

    @staticmethod
    def _check(account: str, callee: str, caller: str | None) -> None:
        if callee == "911":
            raise NumberRefused("Emergency numbers are never called.")


@pytest.fixture
async def clockwork(new_sqlite: NewUrl, tmp_path: Path) -> AsyncIterator[Clockwork]:
    net, database = Net(), Database(new_sqlite(), Seal("the installation's secret"))
    made = Clockwork(database, tmp_path, net)
    await made.start()
    yield made
    await made.stop()
    await database.close()
    await net.close()


async def test_a_call_is_placed_at_its_time_under_the_id_that_was_given(clockwork: Clockwork) -> None:
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    assert (made.state, made.at, await clockwork.states()) == ("scheduled", NOW + 60, ["scheduled"])
    await clockwork.at(60, clockwork.gone)
    (placed,) = clockwork.engine.placed
    assert (placed.id, placed.account, placed.callee, placed.tasks) == (made.id, "acct-1", WANTED.callee, WANTED.tasks)


async def test_a_call_that_was_placed_before_the_controller_ended_is_not_placed_again(clockwork: Clockwork) -> None:
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    await clockwork.writer.write(lambda conn: calls.insert(conn, a_call(made.id, account="acct-1")))
    await clockwork.stop()
    await clockwork.start()
    await clockwork.at(60, clockwork.gone)
    assert clockwork.engine.placed == []


async def test_a_call_waits_while_no_calls_are_taken(clockwork: Clockwork) -> None:
    clockwork.engine.open.clear()
    clockwork.engine.refusals = [EngineUnavailable("Redis does not answer. Try again.")]
    await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    clockwork.now = NOW + 60
    clockwork.platform.scheduler.wake()
    async with asyncio.timeout(20):
        await clockwork.engine.asked.wait()
    assert clockwork.engine.placed == [] and await clockwork.states() == ["scheduled"]
    clockwork.engine.open.set()

    async def put_off() -> bool:
        return (await clockwork.calls.page("acct-1"))[0].at == NOW + 61

    await clockwork.at(60, put_off)
    await clockwork.at(61, clockwork.gone)
    assert len(clockwork.engine.placed) == 1 and clockwork.engine.refusals == []


async def test_a_call_that_is_refused_at_its_time_stays_with_the_reason_and_an_event(clockwork: Clockwork) -> None:
    clockwork.engine.refusals = [CreditSpent("The balance of 0.00 USD is used up.")]
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    await clockwork.at(60, clockwork.refused)
    assert (await clockwork.calls.get("acct-1", made.id)).reason == "The balance of 0.00 USD is used up."
    (found,) = await clockwork.database.read(lambda conn: events.of_subject(conn, made.id))
    assert isinstance(found.event, ScheduledCallRefused) and found.event.reason == "The balance of 0.00 USD is used up."
    await clockwork.calls.cancel("acct-1", made.id)
    assert await clockwork.states() == []


async def test_a_call_whose_account_is_removed_while_it_is_placed_leaves_nothing_behind(clockwork: Clockwork) -> None:
    clockwork.engine.open.clear()
    clockwork.engine.refusals = [NumberRefused("This account is disabled.")]
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    clockwork.now = NOW + 60
    clockwork.platform.scheduler.wake()
    async with asyncio.timeout(20):
        await clockwork.engine.asked.wait()
    await clockwork.writer.write(lambda conn: due_work.remove(conn, made.id))
    await clockwork.stop()  # it is refused before this returns
    assert clockwork.engine.refusals == []
    assert await clockwork.states() == []
    assert await clockwork.database.read(lambda conn: events.of_subject(conn, made.id)) == []
    await clockwork.start()


async def test_a_cancelled_call_is_not_placed(clockwork: Clockwork) -> None:
    first = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    await clockwork.calls.schedule("acct-1", WANTED, NOW + 61)
    await clockwork.calls.cancel("acct-1", first.id)
    await clockwork.at(120, clockwork.gone)
    assert len(clockwork.engine.placed) == 1
    with pytest.raises(NotThere, match=f"There is no scheduled call {first.id}"):
        await clockwork.calls.cancel("acct-1", first.id)


async def test_another_accounts_calls_are_not_there(clockwork: Clockwork) -> None:
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    assert await clockwork.calls.page("acct-2") == []
    for step in (clockwork.calls.get, clockwork.calls.cancel):
        with pytest.raises(NotThere):
            await step("acct-2", made.id)
    assert [call.id for call in await clockwork.calls.page()] == [made.id]


@pytest.mark.parametrize("at", [NOW, NOW - 1, NOW + LONGEST_AHEAD + 1])
async def test_a_time_that_has_passed_or_is_too_far_ahead_is_refused(clockwork: Clockwork, at: float) -> None:
    with pytest.raises(InvalidSetting, match="at must be a time to come, within 366 days"):
        await clockwork.calls.schedule("acct-1", WANTED, at)


async def test_a_number_that_may_not_be_called_is_refused_at_once(clockwork: Clockwork) -> None:
    with pytest.raises(NumberRefused, match="Emergency"):
        await clockwork.calls.schedule("acct-1", WantedCall(callee="911"), NOW + 60)
    assert await clockwork.states() == []


async def test_the_credentials_of_its_tasks_are_sealed_in_the_store(clockwork: Clockwork) -> None:
    record = Record(destination="s3://bucket", credentials=Secret("id:the-secret:us-east-1"))
    await clockwork.calls.schedule("acct-1", WantedCall(callee="12015550114", tasks=(record,)), NOW + 60)

    def payload(conn: Connection) -> str:
        return str(conn.execute(text("SELECT payload FROM due_work WHERE kind = 'call'")).scalar_one())

    assert "the-secret" not in await clockwork.database.read(payload)
    await clockwork.at(60, clockwork.gone)
    (task,) = clockwork.engine.placed[0].tasks
    assert isinstance(task, Record) and task.credentials and task.credentials.sealed


async def test_calls_that_are_scheduled_together_are_placed_under_their_ids_at_once(clockwork: Clockwork) -> None:
    data = CallData(dialect="some", address="http://host/")
    wanted = WantedCall(callee="12015550114", data=data, reports_tree=True)
    await clockwork.calls.schedule_all("acct-1", {"call-1.1": wanted, "call-1.2": WANTED}, None)
    await clockwork.at(0, clockwork.gone)
    placed = sorted(clockwork.engine.placed, key=lambda command: command.id or "")
    assert [(each.id, each.data, each.reports_tree) for each in placed] == [
        ("call-1.1", data, True), ("call-1.2", None, False)
    ]  # fmt: skip


async def test_all_are_scheduled_or_none(clockwork: Clockwork) -> None:
    for wanted, at in (({"a": WANTED, "b": WantedCall(callee="911")}, None), ({"a": WANTED}, NOW)):
        with pytest.raises((NumberRefused, InvalidSetting)):
            await clockwork.calls.schedule_all("acct-1", wanted, at)
    assert await clockwork.states() == []


async def test_those_that_are_not_placed_yet_are_taken_back_together(clockwork: Clockwork) -> None:
    await clockwork.calls.schedule_all("acct-1", {"call-1.1": WANTED, "call-1.2": WANTED}, NOW + 60)
    with pytest.raises(NotThere):
        await clockwork.calls.cancel_all("acct-2", ["call-1.1"])
    taken = await clockwork.calls.cancel_all("acct-1", ["call-1.1", "call-1.2", "call-1.3"])
    assert [call.id for call in taken.calls] == ["call-1.1", "call-1.2"] and taken.begun == ()
    with pytest.raises(NotThere):
        await clockwork.calls.cancel_all("acct-1", ["call-1.1"])
    await clockwork.at(61, clockwork.gone)
    assert clockwork.engine.placed == []


async def test_what_is_being_placed_is_not_taken_back(clockwork: Clockwork) -> None:
    clockwork.engine.open.clear()
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    clockwork.now = NOW + 60
    clockwork.platform.scheduler.wake()
    await asyncio.wait_for(clockwork.engine.asked.wait(), 20)
    assert (await clockwork.calls.cancel_all("acct-1", [made.id])).begun == (made.id,)
    with pytest.raises(StillUsed):
        await clockwork.calls.cancel("acct-1", made.id)
    clockwork.engine.open.set()
    await clockwork.at(60, clockwork.gone)
    assert [each.id for each in clockwork.engine.placed] == [made.id]


async def test_a_call_whose_request_comes_again_is_scheduled_once(clockwork: Clockwork) -> None:
    once = Once(key="order-7", digest="of the request")
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60, once)
    assert await clockwork.calls.schedule("acct-1", WANTED, NOW + 60, once) == made
    assert len(await clockwork.states()) == 1
    with pytest.raises(KeyReused):
        await clockwork.calls.schedule("acct-1", WANTED, NOW + 61, Once(key="order-7", digest="of another one"))
    assert (await clockwork.calls.schedule("acct-2", WANTED, NOW + 60, once)).id != made.id
    await clockwork.at(60, clockwork.gone)
    assert await clockwork.calls.schedule("acct-1", WANTED, NOW + 60, once) == made, "also when its time has passed"
    assert [each.id for each in clockwork.engine.placed if each.account == "acct-1"] == [made.id]
    clockwork.now = NOW + 86_500
    again = await clockwork.calls.schedule("acct-1", WANTED, NOW + 90_000, once)
    assert again.id != made.id, "a request is known for a day"


async def test_a_call_that_a_killed_controller_had_placed_is_never_confirmed_as_cancelled(
    clockwork: Clockwork,
) -> None:
    """Its row is still there, and open to the next controller."""
    await clockwork.calls.schedule_all("acct-1", {"call-1.1": WANTED, "call-1.2": WANTED}, NOW + 60)
    await clockwork.writer.write(lambda conn: calls.insert(conn, a_call("call-1.1", account="acct-1")))
    with pytest.raises(StillUsed):
        await clockwork.calls.cancel("acct-1", "call-1.1")
    taken = await clockwork.calls.cancel_all("acct-1", ["call-1.1", "call-1.2"])
    assert ([call.id for call in taken.calls], taken.begun) == (["call-1.2"], ("call-1.1",))
    with pytest.raises(NotThere):
        await clockwork.calls.cancel_all("acct-2", ["call-1.1"])
    await clockwork.at(60, clockwork.gone)
    assert clockwork.engine.placed == []


async def test_a_call_that_may_wait_is_tried_again_while_the_account_has_too_many(clockwork: Clockwork) -> None:
    for try_until, left in ((NOW + 100, []), (0.0, ["refused"])):
        clockwork.engine.refusals = [LimitReached("This account has 100 calls at once.")]
        wanted = WantedCall(callee="12015550114", try_until=try_until)
        await clockwork.calls.schedule_all("acct-1", {f"call-{try_until:g}": wanted}, None)

        async def over(left: list[str] = left) -> bool:
            clockwork.now += 0.1  # a second and more are over at last
            clockwork.platform.scheduler.wake()
            return not clockwork.engine.refusals and await clockwork.states() == left

        await clockwork.at(0, over)
    assert len(clockwork.engine.placed) == 1
