"""Live calls of an account that has a balance: what is held grows with them, ends them, and becomes their price."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.calls.admission_protocol import Held
from engine.commands import CreditSpent
from engine.events import TaskEnded
from engine.features.admission import Admission
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.credit import CallCover
from engine.features.billing.store import Rate
from engine.features.trunks.trunk import lab
from engine.platform import holds, ledger
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, trunks
from engine.store.errors import StoreUnavailable
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.counters import CountersInMemory
from tests.support.exchange import ACCOUNT, Exchange

NUMBER = "12015550100"


class Till:
    """An exchange whose account pays 0.60 a minute, by whole minutes, and has so much."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    async def opens(self, balance: int, **more: Any) -> Exchange:
        def unit(conn: Connection) -> None:
            trunks.add(conn, lab("127.0.0.2", 5070))
            accounts.allow(conn, ACCOUNT, "1201555")
            accounts.update(conn, ACCOUNT, balance=balance, **more)
            rates.load(conn, [Rate(prefix="1201555", currency="USD", per_minute=600_000)])

        exchange = self.exchange
        await exchange.database.transact(unit)
        self.cache = cache = SettingsCache(exchange.database)
        await cache.load()
        self.rates = CallRates(exchange.database, cache)
        await self.rates.load()
        exchange.admission = Admission(exchange.database, cache, self.rates, CountersInMemory(), exchange.clock)  # type: ignore[assignment]
        return await exchange.start()

    async def pays_in(self, amount: int) -> None:
        await self.exchange.writer.write(lambda conn: ledger.credit(conn, ACCOUNT, amount))

    async def shows(self) -> tuple[int, dict[str, int]]:
        """The balance, and what is held by which call."""

        def read(conn: Connection) -> tuple[int, dict[str, int]]:
            account = accounts.get(conn, ACCOUNT)
            assert account and account.balance is not None
            return account.balance, {hold.id: hold.amount for hold in holds.list(conn, ACCOUNT)}

        return await self.exchange.database.read(read)


@pytest.fixture
async def till(stopped_exchange: Exchange) -> AsyncIterator[Till]:
    till = Till(stopped_exchange)
    yield till
    _, held = await till.shows()
    live = {session.call.id for session in stopped_exchange.engine.registry}
    assert set(held) <= live, "money is held for a call that is over"


async def test_a_call_lasts_as_long_as_its_balance_and_costs_all_of_it(till: Till) -> None:
    exchange = await till.opens(6_100_000)
    call = await exchange.call()
    assert await till.shows() == (6_100_000, {call.id: 1_800_000})
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.seconds, ended.price) == ("no_credit", "us", 600.0, 6_000_000)
    assert await till.shows() == (100_000, {})


async def test_a_call_that_is_hung_up_pays_what_it_lasted(till: Till, asterisk: FakeAri) -> None:
    exchange = await till.opens(20_000_000)
    call = await exchange.call(Pause(seconds=61))
    await exchange.event(TaskEnded, subject=call.id)
    asterisk.hangs_up(call.id)
    assert (await exchange.ended(call.id)).price == 1_200_000
    assert await till.shows() == (18_800_000, {})


async def test_a_call_with_a_limit_of_its_own_ends_by_that(till: Till) -> None:
    exchange = await till.opens(20_000_000)
    call = await exchange.call(max_seconds=400)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.seconds, ended.price) == ("max_duration", 400.0, 4_200_000)


async def test_a_call_that_could_not_grow_goes_on_where_money_is_paid_in(till: Till) -> None:
    exchange = await till.opens(1_800_000)
    call = await exchange.call(Pause(seconds=150), max_seconds=500)
    await exchange.task_of(call.id, "pause")
    await till.pays_in(50_000_000)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.seconds) == ("max_duration", 500.0)


async def test_a_call_refused_for_money_leaves_nothing_behind(till: Till) -> None:
    exchange = await till.opens(500_000)
    with pytest.raises(CreditSpent, match=r"0\.50 is left, and the first 60 s cost 0\.60"):
        await exchange.place(callee=NUMBER)
    assert await till.shows() == (500_000, {})
    assert len(exchange.engine.registry) == 0


async def test_a_call_that_nobody_answers_frees_what_was_held(till: Till, asterisk: FakeAri) -> None:
    exchange = await till.opens(2_000_000)
    call = await exchange.dialled()
    assert (await till.shows())[1] == {call.id: 1_800_000}
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).price == 0
    assert await till.shows() == (2_000_000, {})


async def test_the_leg_of_a_dial_holds_money_of_its_own_and_ends_its_caller_when_it_is_spent(
    till: Till, asterisk: FakeAri
) -> None:
    exchange = await till.opens(4_200_000)
    call = await exchange.call(Dial(to="12015550101"))
    other = (await exchange.rows(call.id))[0].id.replace("task-", "call-", 1)
    await asterisk.asked("POST", f"/channels/{other}/dial")
    await settled()
    assert set((await till.shows())[1]) == {call.id, other}
    asterisk.picks_up(other)
    first, second = await exchange.ended(call.id), await exchange.ended(other)
    assert {first.cause, second.cause} == {"no_credit"}
    balance, held = await till.shows()
    assert (balance, held) == (4_200_000 - first.price - second.price, {}) and balance >= 0


async def test_a_hold_survives_its_controller_and_goes_on_growing(till: Till) -> None:
    exchange = await till.opens(6_000_000)
    call = await exchange.call()
    await exchange.leave()
    assert (await till.shows())[1] == {call.id: 1_800_000}
    await exchange.start()
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.seconds, ended.price) == ("no_credit", 600.0, 6_000_000)
    assert await till.shows() == (0, {})


async def test_a_call_that_ended_while_no_controller_was_there_holds_nothing_any_more(
    till: Till, asterisk: FakeAri
) -> None:
    exchange = await till.opens(6_000_000)
    call = await exchange.call()
    await exchange.leave()
    asterisk.hangs_up(call.id)
    await exchange.start()
    assert (await exchange.ended(call.id)).price <= 1_800_000
    assert (await till.shows())[1] == {}


async def test_a_call_placed_before_there_were_holds_gets_one_at_the_restart(till: Till) -> None:
    exchange = till.exchange
    await exchange.left_behind(id="call-old", callee=NUMBER, answered=exchange.clock() - 50, max_seconds=14400.0)
    await till.opens(1_300_000)
    ended = await exchange.ended("call-old")
    assert (ended.cause, ended.price) == ("no_credit", 1_200_000)
    assert await till.shows() == (100_000, {})


async def test_a_store_that_is_out_lets_a_call_have_what_is_held_and_not_a_second_more(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: Any, **__: Any) -> Held:
        raise StoreUnavailable("The database cannot be reached now. Try again.")

    exchange = await till.opens(60_000_000)
    monkeypatch.setattr(CallCover, "grow", out)
    call = await exchange.call()
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.seconds, ended.price) == ("error", 180.0, 1_800_000)


async def test_a_call_that_is_cancelled_while_it_is_stored_leaves_no_hold_behind(till: Till) -> None:
    exchange = await till.opens(2_000_000)
    request = asyncio.create_task(exchange.place(callee=NUMBER), name="a request")
    while not exchange.writer.waiting:  # noqa: ASYNC110 - OutboundCalls announces nothing
        await asyncio.sleep(0)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    await settled()
    assert await till.shows() == (2_000_000, {})


async def test_a_rate_loaded_meanwhile_does_not_change_what_a_call_costs(till: Till) -> None:
    exchange = await till.opens(6_000_000)
    call = await exchange.call(max_seconds=120)
    dear = Rate(prefix="1201555", currency="USD", per_minute=60_000_000)
    await exchange.writer.write(lambda conn: rates.replace_all(conn, [dear]))
    await till.rates.load()
    assert (await exchange.ended(call.id)).price == 1_200_000
