"""Tests of a system behind a NAT that listens on every address (`make nat`); the rest is as in the end-to-end tests."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from tests.e2e.conftest import account, admin, extension, http, number, own, phone, system  # noqa: F401
from tests.support.carillon import Account, Admin
from tests.support.namespaces import Networks, networks
from tests.support.system import System

MakeTrunk = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def elsewhere(system: System) -> Iterator[Networks]:  # noqa: F811
    """A host outside, one behind a NAT of its own, and one beside this machine, which is behind a NAT."""
    rtp = (int(system.setting("RTP_START")), int(system.setting("RTP_END")))
    with networks(int(system.setting("SIP_PORT")), rtp) as made:
        yield made


@pytest.fixture
async def trunk(admin: Admin, account: Account) -> AsyncIterator[MakeTrunk]:  # noqa: F811
    """Makes trunks that the account may call by: `await trunk(host, port, prefix=…)`; returns their names."""
    made: list[str] = []

    async def make(host: str, port: int = 5060, *, prefix: str = "1999990", **fields: Any) -> str:
        name, place = f"nat-{secrets.token_hex(3)}", {"port": port} if port else {}
        await admin.ask("POST", "trunks", {"name": name, "host": host, "prefix": prefix, **place, **fields})
        made.append(name)
        await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{prefix}"})
        return name

    yield make
    for name in made:
        await admin.ask("DELETE", f"trunks/{name}")
