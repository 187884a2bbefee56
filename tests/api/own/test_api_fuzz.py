"""Requests of every shape to each operation of both our APIs, on a real store: no error of ours, all as declared.

A short form runs with all tests; CARILLON_FUZZ=full sends 500 requests an operation (`make fuzz`).
"""

import asyncio
import json
import secrets
from typing import Any

import pytest

from api.own.openapi_files import documents
from tests.api.own.installation import TOKEN, Installation
from tests.support.api_fuzz import FULL, Target, fuzz

pytestmark = pytest.mark.timeout(7200 if FULL else 240)
REMOVED = frozenset({"signOut", "changePassword"})  # what the requests are sent with
USUAL: dict[str, Any] = {
    "callee": "12015550114",
    "caller": None,
    "tasks": [{"kind": "say", "text": "Hello"}],
    "email": lambda: f"{secrets.token_hex(8)}@example.com",
    "password": "a password of the tests",
}
GROUP = {"members": ["101"], "seconds": 20, "seconds_each": 10, "otherwise": None}
PLAIN = {"dialect": None, "url": None, "fallback": None}


async def test_our_own_api_answers_every_request_as_declared(installation: Installation) -> None:
    token = (await installation.account("ann"))["carillon"]["token"]
    server = installation.public_server
    _, call = await installation.ask(server, "POST", "/carillon/v1/calls", token, {"callee": "12015550114"})
    await installation.engine.answer(call["id"])
    _, user = await installation.ask(server, "POST", "/carillon/v1/users", token, {"email": "a@example.com"})
    target = Target(
        "v1",
        str(server.make_url("")),
        {"Authorization": f"Bearer {token}"},
        known={**USUAL, "call": call["id"], "user": user["id"]},
        skipped=REMOVED,
    )
    answered = await asyncio.to_thread(fuzz, target, json.loads(documents()["v1.json"]))
    assert len(answered) > 25
    taken = {each for each, found in answered.items() if any(status < 300 for status in found)}
    assert len(taken) > 10, sorted(taken)


async def test_the_administrator_s_api_answers_every_request_as_declared(installation: Installation) -> None:
    await installation.account("ann")
    await installation.admin("POST", "/extensions", {"number": "101", "account": "ann"})
    await installation.admin("POST", "/groups", {"name": "sales", "account": "ann", "members": ["101"]})
    target = Target(
        "admin",
        str(installation.admin_server.make_url("")),
        {"Authorization": f"Bearer {TOKEN}"},
        known={**USUAL, "account": "ann", "number": "101", "to": "hangup", "name": "sales", **GROUP, **PLAIN},
        skipped=frozenset({"runChecks", "removeAccount"}),
    )
    answered = await asyncio.to_thread(fuzz, target, json.loads(documents()["admin.json"]))
    assert len(answered) > 55
    taken = {each for each, found in answered.items() if any(status < 300 for status in found)}
    assert len(taken) > 20, sorted(taken)
