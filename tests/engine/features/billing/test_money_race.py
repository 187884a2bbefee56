"""Sixteen clients at once against one account's money: not a cent is spent twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from engine.calls.admission_protocol import Cover, Held
from engine.calls.credit import longest, priced
from engine.calls.outbound import OutboundCalls
from engine.commands import CreditSpent, PlaceCall
from engine.features.admission import Admission
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.store import Rate
from engine.features.trunks.trunk import lab
from engine.model.call import Call
from engine.platform import holds, ledger
from engine.platform.settings_cache import SettingsCache
from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.settings import EngineSettings
from engine.store import accounts, calls, trunks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.redis_server import RedisServer, redis_server

__all__ = ["redis_server"]
ROUNDS, CLIENTS, ATTEMPTS = 50, 16, 2
NOW = 20_000 * 86400.0 + 3600
MINUTE = 1_000_000


class Bank:
    """The real OutboundCalls, admission, store and counters; calls last as long as their client says."""

    def __init__(self, database: Database, writer: Writer, redis: Redis) -> None:
        self.database, self.writer, self.cache = database, writer, SettingsCache(database)
        self.rates = CallRates(database, self.cache)
        self.admission = Admission(database, self.cache, self.rates, Counters(redis, "carillon-0"), lambda: NOW)
        services: Any = SimpleNamespace(
            writer=writer, admission=self.admission, settings=EngineSettings(ari_application="carillon-0"),
            clock=lambda: NOW,
        )  # fmt: skip
        registry: Any = SimpleNamespace(start=lambda session, life: None)
        self.outbound = OutboundCalls(services, registry, lambda call, rows: Talk(call))  # type: ignore[arg-type,return-value]
        self.outbound.open = True

    async def opens(self, account: Account) -> None:
        def unit(conn: Any) -> None:
            accounts.create(conn, account)
            accounts.allow(conn, account.id, "1201555")

        await self.writer.write(unit)
        await self.cache.load()

    async def committed(self, account: str, unit: Callable[[Any], Any]) -> Any:
        """Run a unit, and look at the account before the next one runs."""

        def watched(conn: Any) -> Any:
            result = unit(conn)
            funds = holds.funds(conn, account, NOW)
            assert funds and funds.left is not None and funds.left >= 0, funds
            return result

        return await self.writer.write(watched)

    async def ends(self, talk: "Talk", seconds: float) -> int:
        """A call that was answered ends after so many seconds, or when what is held for it does not cover more."""
        lasted = min(seconds, longest(talk.call, talk.cover))
        ended = msgspec.structs.replace(talk.call, answered=NOW, ended=NOW + lasted)
        call = priced(ended, talk.cover, self.admission)

        def unit(conn: Any) -> None:
            calls.update(conn, call)
            self.admission.settle(conn, call, talk.cover, NOW)

        await self.committed(call.account, unit)
        await self.admission.release(call.account, call.id)
        return call.price


class Talk:
    """A live call, as far as its money goes."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.cover: Cover | None = None

    def hold(self, cover: Cover | None, held: Held) -> None:
        assert cover
        self.cover, cover.held = cover, held


@pytest.fixture
async def bank(database_url: str, redis_server: RedisServer) -> AsyncIterator[Bank]:
    database, redis = Database(database_url), connect(redis_server.url)
    writer = Writer(database)
    await writer.write(lambda conn: trunks.add(conn, lab("127.0.0.2", 5070)))
    await writer.write(lambda conn: rates.load(conn, [Rate(prefix="1201555", currency="USD", per_minute=MINUTE)]))
    bank = Bank(database, writer, redis)
    await bank.rates.load()
    yield bank
    await redis.aclose()
    await writer.stop()
    await database.close()


async def _client(bank: Bank, account: str, chance: random.Random) -> tuple[int, int]:
    """Place short calls, some of which grow, as fast as they are taken; returns what was paid and refused."""
    paid = refused = 0
    for _ in range(ATTEMPTS):
        try:
            session = await bank.outbound.place(PlaceCall(account=account, callee="12015550114"))
        except CreditSpent:
            refused += 1
            continue
        talk: Any = session
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        used = chance.choice((0.0, 1.0, 59.0, 61.0, 170.0))
        if used > 100:
            talk.cover.held = await bank.committed(account, partial(talk.cover.grow, used=used, at=NOW))
        paid += await bank.ends(talk, used)
    return paid, refused


async def _round(bank: Bank, seed: int) -> tuple[int, int]:
    chance = random.Random(seed)
    funds = chance.randrange(3 * MINUTE, 15 * MINUTE)
    balance, daily = (funds, None) if seed % 2 else (100 * MINUTE, funds)
    account = Account(
        id=f"acct-{seed}", name=f"race-{seed}", created=0, balance=balance, daily_spend=daily, calls_per_second=1000
    )
    await bank.opens(account)
    clients = (_client(bank, account.id, random.Random(f"{seed}-{number}")) for number in range(CLIENTS))
    results = await asyncio.gather(*clients)
    paid = sum(one for one, _ in results)
    row = await bank.database.read(lambda conn: accounts.get(conn, account.id))
    assert row and row.balance == balance - paid
    assert paid <= funds and await bank.database.read(lambda conn: ledger.spent_since(conn, account.id, 0)) == paid
    assert await bank.database.read(lambda conn: holds.list(conn, account.id)) == []
    return paid, sum(refused for _, refused in results)


@pytest.mark.timeout(420)  # 10 s, and several times that beside other work on two cores
async def test_sixteen_clients_over_fifty_rounds_never_spend_a_cent_over_balance_or_daily_limit(bank: Bank) -> None:
    results = [await _round(bank, seed) for seed in range(ROUNDS)]
    assert sum(paid for paid, _ in results) > 100 * MINUTE, "next to nothing was spent"
    assert sum(refused for _, refused in results) > 10 * ROUNDS, "nobody was ever refused: it was no race"
