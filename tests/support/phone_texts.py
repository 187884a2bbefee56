"""Texts as an account sees them, and phones that send and receive them through the running system."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import MakeExtension, make_account
from tests.support.carillon import Admin, Own
from tests.support.scenario import until
from tests.support.system import System
from tests.support.texter import Texter

ODD = "a :) b (c) d: ${EPOCH} $[1+1] ${SHELL(id)} 100% & + = \"q\" \\ , ; |\r\nnew line ünï ☺ 'x' ): 9 "
"""A text of what dialplans, URLs and JSON read in another way."""
WAITS = "It waits until the phone of {} is registered."
MOST_LISTED = 1000
MakeTexter = Callable[..., Awaitable[Texter]]


class Texts:
    """An account's texts, by its own API."""

    def __init__(self, own: Own) -> None:
        self.own = own

    async def post(self, to: str, text: str, **fields: Any) -> str:
        """Send a text; returns its id."""
        status, sent = await self.own.ask("POST", "messages", json={"to": to, "text": text, **fields})
        assert status == 201, sent
        return str(sent["id"])

    async def show(self, id: str) -> dict[str, Any]:
        """All that is known of a text."""
        status, found = await self.own.ask("GET", f"messages/{id}")
        assert status == 200, found
        return dict(found)

    async def becomes(self, id: str, state: str, within: float = 30.0) -> dict[str, Any]:
        """Wait until a text has a state; returns all that is known of it."""
        return dict(
            await until(
                lambda: self.show(id), lambda found: found["message"]["state"] == state, within, f"it is {state}"
            )
        )

    async def all(self, direction: str) -> list[dict[str, Any]]:
        """The texts that came in ("in") or are sent ("out"), the oldest first."""
        status, found = await self.own.ask("GET", f"messages?direction={direction}&limit={MOST_LISTED}")
        assert status == 200, found
        return list(found["messages"][::-1])

    async def received(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many texts came in; returns them, the oldest first."""
        return list(await until(lambda: self.all("in"), lambda found: len(found) >= count))


class Office(Texts):
    """An account of the test's own, with phones. `desk` is an extension that no phone has: what is sent to it waits."""

    def __init__(self, own: Own, desk: str) -> None:
        super().__init__(own)
        self.desk = desk

    async def of(self, phone: Texter, count: int, within: float = 30.0) -> list[dict[str, Any]]:
        """Wait until so many texts of a phone are taken; returns them, the oldest first.

        Asterisk answers a text before it queues it, so two that come within milliseconds may change places.
        """

        async def look() -> list[dict[str, Any]]:
            return [each for each in await self.all("out") if each["origin"] == f"extension:{phone.number}"]

        return list(await until(look, lambda found: len(found) >= count, within, f"{count} texts of {phone.number}"))

    async def bodies(self, phone: Texter, count: int, within: float = 30.0) -> list[str]:
        """What `of` returns, only the texts, sorted."""
        return sorted(each["text"] for each in await self.of(phone, count, within))

    async def why(self, id: str) -> tuple[str, str]:
        """A text's state, and why it has not left."""
        message = (await self.show(id))["message"]
        return str(message["state"]), str(message["reason"])


@pytest.fixture
async def office(http: aiohttp.ClientSession, system: System, admin: Admin, extension: MakeExtension) -> Office:
    """An account for one test."""
    account = make_account(admin)
    return Office(Own(http, system, account), (await extension(account=account.name)).number)


@pytest.fixture
async def texter(system: System, office: Office, extension: MakeExtension) -> AsyncIterator[MakeTexter]:
    """Makes phones for texts, each of an extension of its own: `await texter()`; they are registered."""
    host, _, port = system.sip.partition(":")
    async with AsyncExitStack() as stack:

        async def make(*, register: bool = True, **fields: Any) -> Texter:
            one = await extension(account=office.own.account.name)
            made = Texter(one.user, one.password, host, int(port), number=one.number, **fields)
            await stack.enter_async_context(made)
            if register:
                assert await made.register() == 200
            return made

        yield make


async def from_the_lab(system: System, sender: str, to: str, text: str) -> None:
    """Let the lab's Asterisk send a text over its trunk, by SIP MESSAGE."""
    auth = aiohttp.encode_basic_auth("carillon", system.setting("LAB_ARI_PASSWORD"))
    url = f"http://127.0.0.1:{system.setting('LAB_ARI_PORT', '8089')}/ari/endpoints/sendMessage"
    body = {"to": f"pjsip:carillon/sip:{to}@{system.sip}", "from": f"sip:{sender}@lab", "body": text}
    async with (
        aiohttp.ClientSession(headers={"Authorization": auth}) as session,
        session.put(url, json=body) as answer,
    ):
        assert answer.status == 202, await answer.text()
