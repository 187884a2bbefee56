"""Rooms of an account, a number that leads to them, and callers with a tone each."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.calls.test_inbound import heard_by
from tests.e2e.conftest import MakePhone
from tests.support import audio
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import Sound
from tests.support.phone import Phone
from tests.support.scenario import until

TONES = (573, 908, 1283, 1717)
"""The tones (Hz) that callers speak, in the order in which they come."""
TALK = 2.5
QUIET = 0.25
"""Loud ones are clipped where they are mixed, which makes further tones."""


@dataclass
class TestRoom:
    """A room, seen by its account."""

    __test__ = False

    own: Own
    number: str
    pin: str
    admin_pin: str
    line: str
    """The number that leads to the account's rooms."""

    async def ask(self, verb: str, path: str = "", **body: Any) -> Any:
        status, answer = await self.own.ask(verb, f"rooms/{self.number}{path}", **({"json": body} if body else {}))
        assert status < 300, f"{verb} {path}: {status} {answer}"
        return answer

    async def people(self) -> list[dict[str, Any]]:
        return list((await self.ask("GET", "/participants"))["participants"])

    async def holds(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many are in it."""
        found: list[dict[str, Any]] = await until(self.people, lambda there: len(there) == count, what=f"{count} in it")
        return found

    async def enter(self, phone: Phone, *, admin: bool = False) -> None:
        """A phone dials the number and enters a PIN."""
        await phone.dial(self.line)
        await phone.press((self.admin_pin if admin else self.pin) + "#")


MakeRoom = Callable[..., Awaitable[TestRoom]]


def some_pin() -> str:
    """A PIN that no other test has."""
    return "7" + str(secrets.randbelow(10**5)).rjust(5, "0")


@pytest.fixture
async def line(admin: Admin, account: Account) -> AsyncIterator[str]:
    """A number that leads to the account's rooms."""
    number = "44" + str(secrets.randbelow(10**9)).rjust(9, "0")
    await admin.ask("POST", "numbers", {"number": number, "account": account.name, "to": "rooms"})
    yield number
    await admin.ask("DELETE", f"numbers/{number}")


@pytest.fixture
async def room(own: Own, line: str) -> AsyncIterator[MakeRoom]:
    """Makes rooms; `await room(most=2)`."""
    made: list[str] = []

    async def make(**fields: Any) -> TestRoom:
        wanted = {"pin": some_pin(), "admin_pin": some_pin()} | fields
        status, printed = await own.ask("POST", "rooms", json=wanted)
        assert status == 201, printed
        made.append(printed["id"])
        return TestRoom(own, printed["number"], printed["pin"], printed["admin_pin"], line)

    yield make
    for id in made:
        await own.ask("POST", f"rooms/{id}/end")
        await own.ask("DELETE", f"rooms/{id}")


Speaking = Callable[[int], Awaitable[Phone]]


@pytest.fixture
def speaking(phone: MakePhone) -> Speaking:
    """Makes phones that speak: `await speaking(0)` speaks TONES[0]."""

    async def make(which: int) -> Phone:
        return await phone(QUIET * audio.sine(TONES[which], 100))

    return make


async def lasting(phone: Phone, seconds: float = TALK) -> Sound:
    """Let everybody speak for a while; returns what the phone heard. Of who is muted no audio arrives at all."""
    began = heard_by(phone).seconds
    await asyncio.sleep(seconds)
    return heard_by(phone).part(began)
