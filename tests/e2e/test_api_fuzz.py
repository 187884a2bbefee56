"""Requests of every shape to each operation of our own API, on a whole system: never an error of ours.

A short form runs with all tests; CARILLON_FUZZ=full sends 500 requests an operation (`make fuzz`).
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.support import people
from tests.support.api_fuzz import FULL, Target, fuzz
from tests.support.carillon import Account, Admin, CommandFailed
from tests.support.scenario import until
from tests.support.system import System

pytestmark = pytest.mark.timeout(7200 if FULL else 900)
SKIPPED = frozenset({"signOut", "changePassword", "signIn"})
"""The first two end what the requests are sent with; wrong passwords count against the address that tests come from."""
MOST_CALLS = 20


@pytest.fixture
async def account(admin: Admin) -> AsyncIterator[Account]:
    """An account of its own, which may call the lab alone."""
    name = f"fuzz-{secrets.token_hex(5)}"
    made = admin.now("POST", "accounts", {"name": name})
    admin.now("PATCH", f"accounts/{name}/limits", {"max_calls": MOST_CALLS, "calls_per_second": 100})
    yield Account.of(made)

    async def left() -> list[dict[str, Any]]:
        live: list[dict[str, Any]] = admin.now("GET", f"calls?account={name}&live=true&limit=500")["calls"]
        for call in live:
            with contextlib.suppress(CommandFailed):  # it may have ended by itself
                admin.now("DELETE", f"calls/{call['id']}")
        return live

    await until(left, lambda live: not live, what="the account's calls have ended")
    admin.now("DELETE", f"accounts/{name}?purge=true")


async def test_our_own_api_answers_every_request_as_declared(
    system: System, account: Account, http: aiohttp.ClientSession
) -> None:
    headers, root = {"Authorization": f"Bearer {account.token}"}, f"{system.api}/carillon/v1"
    async with http.get(f"{root}/openapi.json") as answer:
        document: dict[str, Any] = await answer.json()
    wanted = {"callee": people.SPEAKS_440, "max_seconds": 600}
    async with http.post(f"{root}/calls", json=wanted, headers=headers) as answer:
        assert answer.status == 201
        call = (await answer.json())["id"]
    known = {
        "callee": people.SPEAKS_440,
        "caller": None,
        "tasks": [{"kind": "pause", "seconds": 600}],
        "ring_seconds": 30,
        "max_seconds": 600,
        "call": call,
        "email": lambda: f"{secrets.token_hex(8)}@example.com",
        "password": "a password of the tests",
    }
    target = Target("v1", system.api, headers, known=known, skipped=SKIPPED)
    answered = await asyncio.to_thread(fuzz, target, document)
    assert len(answered) > 25
    taken = {each for each, found in answered.items() if any(status < 300 for status in found)}
    assert len(taken) > 10, sorted(taken)
