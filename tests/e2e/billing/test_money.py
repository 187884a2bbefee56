"""An account's money and what it may dial, through the running system."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Account, Admin, Own
from tests.support.scenario import call_ended, until
from tests.support.system import System

CLIENTS, ATTEMPTS = 16, 12
MakePayer = Callable[..., Awaitable[Own]]


@pytest.fixture
async def payer(admin: Admin, http: aiohttp.ClientSession, system: System) -> AsyncIterator[MakePayer]:
    """Makes accounts with a balance and rates of their own, which are purged afterwards."""
    made: list[Account] = []
    token = {"Authorization": f"Bearer {system.setting('ADMIN_TOKEN')}"}

    async def make(balance: str, rate: str) -> Own:
        account = await asyncio.to_thread(make_account, admin)
        made.append(account)
        url = f"{system.admin}/rates?account={account.name}"
        async with http.put(url, data=f"{rate}\n", headers=token) as answer:
            assert answer.status == 200, await answer.text()
        await admin.ask("POST", f"accounts/{account.name}/credit", {"amount": balance})
        return Own(http, system, account)

    yield make
    for account in made:
        own = Own(http, system, account)
        for call in await _live(own):
            await own.ask("DELETE", f"calls/{call}")
        await _over(own)
        await admin.ask("DELETE", f"accounts/{account.name}?purge=true")


async def _live(own: Own) -> list[str]:
    _, body = await own.ask("GET", "calls?live=true&limit=500")
    return [call["id"] for call in body["calls"]]


async def _over(own: Own) -> None:
    await until(lambda: _live(own), lambda live: not live, what="every call is over")


async def _client(own: Own, chance: random.Random) -> tuple[int, str]:
    """Place calls that are over at once, as fast as they are taken; returns how many were, and the last refusal."""
    placed, refused = 0, ""
    for _ in range(ATTEMPTS):
        queue = [{"kind": "pause", "seconds": chance.uniform(0, 0.1)}, {"kind": "hang_up"}]
        status, body = await own.ask("POST", "calls", json={"callee": people.LISTENS, "tasks": queue})
        placed += status == 201
        if status != 201:
            assert status == 402, body
            refused = body["error"]
        await asyncio.sleep(chance.uniform(0, 0.05))
    return placed, refused


async def test_sixteen_clients_that_place_short_calls_never_spend_more_than_the_balance(
    payer: MakePayer, admin: Admin
) -> None:
    own = await payer("8.00", "1201555,1.00,60,60,USD")
    results = await asyncio.gather(*(_client(own, random.Random(seed)) for seed in range(CLIENTS)))
    await _over(own)
    shown = await admin.ask("GET", f"accounts/{own.account.name}")
    placed = sum(count for count, _ in results)
    assert placed <= 8 and any("USD" in refused for _, refused in results)
    assert float(shown["balance"]) >= 0 and (shown["held"], shown["holds"]) == ("0.00", [])


async def test_a_long_call_leaves_money_for_the_next_and_a_refusal_names_it(payer: MakePayer, admin: Admin) -> None:
    own = await payer("5.20", "1201555,0.50,60,60,USD")
    ids = []
    for _ in range(4):
        status, body = await own.ask("POST", "calls", json={"callee": people.LISTENS})
        assert status == 201, body
        ids.append(body["id"])
    status, body = await own.ask("POST", "calls", json={"callee": people.LISTENS})
    assert status == 402 and f"1.50 by the call to {people.LISTENS} ({min(ids[:3])})" in body["error"]
    shown = await admin.ask("GET", f"accounts/{own.account.name}")
    assert shown["held"] == "5.00"
    assert {hold["id"]: hold["amount"] for hold in shown["holds"]} == {
        **dict.fromkeys(ids[:3], "1.50"), ids[3]: "0.50",
    }  # fmt: skip


async def test_a_call_ends_when_its_money_is_spent_and_says_so(payer: MakePayer, admin: Admin) -> None:
    own = await payer("0.02", "1201555,0.60,1,1,USD")
    _, call = await own.ask("POST", "calls", json={"callee": people.LISTENS})
    ended = await call_ended(own, call["id"])
    assert (ended["cause"], ended["hung_up_by"], ended["price"]) == ("no_credit", "us", "0.02")
    assert 2.0 <= ended["seconds"] < 4.0
    shown = await admin.ask("GET", f"accounts/{own.account.name}")
    assert (shown["balance"], shown["held"]) == ("0.00", "0.00")


async def test_with_every_number_allowed_neither_high_risk_nor_a_look_alike_is_dialled(
    payer: MakePayer, admin: Admin
) -> None:
    own = await payer("5.00", "1201555,0.50,60,60,USD")
    await admin.ask("POST", f"accounts/{own.account.name}/prefixes", {"prefix": "*"})
    for callee, why in (
        ("9110000", "emergency number 911"),
        ("+882 13 312345", "+882 is a range of high risk"),
        ("+1 900 555 1234", "+1900 is a range of high risk"),
        ("+870 773 111632", "+870 is a range of high risk"),
    ):
        status, answer = await own.ask("POST", "calls", json={"callee": callee})
        assert status == 403 and why in answer["error"], answer
    assert (await own.ask("GET", "calls"))[1]["calls"] == []


async def test_a_dial_to_high_risk_is_not_allowed_either(payer: MakePayer, admin: Admin) -> None:
    own = await payer("5.00", "1201555,0.50,60,60,USD")
    await admin.ask("POST", f"accounts/{own.account.name}/prefixes", {"prefix": "*"})
    queue: list[dict[str, Any]] = [{"kind": "dial", "to": "88213312345"}]
    _, call = await own.ask("POST", "calls", json={"callee": people.LISTENS, "tasks": queue})
    ended = await call_ended(own, call["id"])
    (task,) = ended["tasks"]
    assert task["outcome"]["reason"] == "not_allowed" and "+882" in task["outcome"]["detail"]
    assert ended["cause"] == "not_allowed"
