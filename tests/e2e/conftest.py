"""What every end-to-end test works with: the running system, an account, a web server for callbacks, the lab."""

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.clients.sinch.fixtures import client, customer, fallback, make_customer
from tests.support import audio
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.far_end import Sound
from tests.support.lab import RunningLab
from tests.support.phone import Phone
from tests.support.scenario import Carrier, LabEars
from tests.support.sink import Sink
from tests.support.sip_caller import SipCaller
from tests.support.sipp import CarrierFront
from tests.support.system import System
from tests.support.turns import sharing

__all__ = ["client", "customer", "fallback", "make_customer"]

MOST_CALLS = 500
CALLS_PER_SECOND = 100


PATIENCE_SECONDS = 900
"""A test may wait for others that have the system alone before it begins. Some say their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder and of tests/faults the time to wait for their turn; begin with the longest."""
    for item in items:
        if {"e2e", "faults"} & set(item.path.parts) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE_SECONDS))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def worker() -> int:
    """The number of this test process when several run side by side."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def make_account(admin: Admin, *, private: bool = True, currency: str = "USD") -> Account:
    """Make an account that may call the lab, reach private addresses and place many calls at once."""
    name = f"e2e-{worker()}-{secrets.token_hex(4)}"
    account = Account.of(admin.now("POST", "accounts", {"name": name, "allow_private": private, "currency": currency}))
    limits = {"max_calls": MOST_CALLS, "calls_per_second": CALLS_PER_SECOND}
    admin.now("PATCH", f"accounts/{name}/limits", limits)
    return account


@pytest.fixture(scope="session")
def system() -> System:
    """The running system, healthy. Where there is none the test fails and says what to do."""
    system = System.described()
    system.wait_until_healthy()
    return system


@pytest.fixture(scope="session")
def carillon(system: System) -> Command:
    """The command line."""
    return Command(system)


@pytest.fixture(scope="session")
def admin(system: System) -> Admin:
    """The administrator's API."""
    return Admin(system)


@pytest.fixture(scope="session")
def account(admin: Admin) -> Account:
    """This test process's account."""
    return make_account(admin)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield session


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """The customer's web server."""
    async with Sink() as sink:
        yield sink


@pytest.fixture
async def ringful(http: aiohttp.ClientSession, system: System, account: Account) -> AsyncIterator[Ringful]:
    """The account's Ringful API. Calls that a test leaves up are ended with it."""
    client = Ringful(http, system.api, account.apikey)
    yield client
    await client.tidy()


@pytest.fixture
async def rates(carillon: Command, tmp_path: Path) -> str:
    """Loads rates in a currency of their own, which is returned: accounts in other ones pay nothing.

    0.60 a minute, the first 6 s at once, then 2 s each; for the speaker of 440 Hz 1.20 by the second.
    """
    file = tmp_path / "rates.csv"
    file.write_text("prefix,price,first,next,currency\n1201555,0.60,6,2,CHF\n12015550101,1.20,1,1,CHF\n")
    await carillon("rates", "load", str(file))
    return "CHF"


@pytest.fixture
def own(http: aiohttp.ClientSession, system: System, account: Account) -> Own:
    """The account's view of Carillon's own API."""
    return Own(http, system, account)


RecordingOf = Callable[..., Awaitable[Sound]]


@pytest.fixture
def recording_of(http: aiohttp.ClientSession, sink: Sink, own: Own) -> RecordingOf:
    """Fetches a call's or conference's recording: by its RecordComplete's link, or else by the call's timeline."""

    async def fetch(owner: str, *, which: int = -1, told: bool = True) -> Sound:
        if told:
            key = "confCallId" if sink.taken("RecordComplete", confCallId=owner) else "callId"
            link = sink.taken("RecordComplete", **{key: owner})[which].form["recordFile"]
        else:
            link = (await own.call(owner))["recordings"][which]["url"]
        async with http.get(link) as answer:
            assert answer.status == 200, f"{link}: {answer.status}"
            assert answer.content_type == "audio/wav"
            samples, rate = audio.read_wav(await answer.read())
        assert rate == 8000
        return Sound(samples, rate, f"the recording of {owner}")

    return fetch


@pytest.fixture
def lab(own: Own) -> LabEars:
    """The ears of the lab's people."""
    return LabEars(own, RunningLab.of_environment())


# -- softphones

_numbers = count()


def _unused(length: int) -> str:
    """Digits that no other test process uses: the worker, then a counter, then chance."""
    tail = f"{worker():02d}{next(_numbers) % 100:02d}{secrets.randbelow(10**6):06d}"
    return tail[:length]


@dataclass(frozen=True)
class Extension:
    """An extension's number, SIP user name and password, for a telephone that the test itself plays."""

    number: str
    user: str
    password: str

    def telephone(self, system: System, **fields: Any) -> SipCaller:
        """A softphone of one call; `fields` as in SipCaller."""
        host, _, port = system.sip.partition(":")
        return SipCaller(host, int(port), caller=self.user, password=self.password, **fields)


MakeExtension = Callable[..., Awaitable[Extension]]


@pytest.fixture
async def extension(admin: Admin, account: Account) -> AsyncIterator[MakeExtension]:
    """Makes extensions: `await extension()`, or of another account: `await extension(account="name")`."""
    made: list[tuple[str, str]] = []

    async def make(**fields: Any) -> Extension:
        wanted = {"number": "6" + _unused(5), "account": account.name, **fields}
        printed = await admin.ask("POST", "extensions", wanted)
        made.append((wanted["number"], wanted["account"]))
        return Extension(wanted["number"], printed["user"], printed["password"])

    yield make
    for number, owner in made:
        await admin.ask("DELETE", f"extensions/{number}?account={owner}")


MakePhone = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def phone(admin: Admin, account: Account, system: System) -> AsyncIterator[MakePhone]:
    """Makes registered softphones: `await phone(microphone=…)`, or of another account: `await phone(account="name")`.

    Its `number` is its extension, "7…" where none is given.
    """
    made: list[tuple[str, str]] = []
    async with AsyncExitStack() as stack:

        async def make(
            microphone: np.ndarray | None = None, account: str = account.name, number: str = "", **fields: Any
        ) -> Phone:
            number = number or "7" + _unused(5)
            wanted = {"number": number, "account": account, "name": "Test phone"}
            printed = await admin.ask("POST", "extensions", wanted)
            made.append((number, account))
            fields |= {"microphone": np.zeros(0, dtype=np.float32) if microphone is None else microphone}
            one = Phone(printed["user"], printed["password"], **{"registrar": system.sip, "number": number, **fields})
            return await stack.enter_async_context(one)

        yield make
    for number, owner in made:
        await admin.ask("DELETE", f"extensions/{number}?account={owner}")


# -- carriers


MakeCarrier = Callable[..., Awaitable[Carrier]]


@pytest.fixture
async def carrier(admin: Admin, account: Account) -> AsyncIterator[MakeCarrier]:
    """Makes trunks: `await carrier()`; `prefix` and a trunk's other fields such as `priority` may be given."""
    made: list[str] = []
    fronts = AsyncExitStack()

    async def make(*, prefix: str = "", **fields: Any) -> Carrier:
        tail = next(_numbers)
        name = f"t{worker()}-{secrets.token_hex(3)}"
        prefix = prefix or f"1999{worker():02d}{tail % 100:02d}"
        address, port = f"127.0.{100 + worker()}.{10 + tail % 200}", 5060
        front = await fronts.enter_async_context(CarrierFront.at(address, port))
        wanted = {"name": name, "host": address, "port": port, "prefix": prefix, **fields}
        await admin.ask("POST", "trunks", wanted)
        made.append(name)
        await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{prefix}"})
        return Carrier(name, address, port, prefix, front)

    async with fronts:
        yield make
        for name in made:
            await admin.ask("DELETE", f"trunks/{name}")


# -- numbers


MakeNumber = Callable[..., Awaitable[str]]


@pytest.fixture
async def number(admin: Admin, account: Account) -> AsyncIterator[MakeNumber]:
    """Makes numbers of ours: `await number(url=…)` for an inbound URL, `await number(tasks=[…])` for a fixed list.

    `owner`: the name of another account, where it is not this test process's.
    """
    made: list[str] = []

    async def make(*, url: str | None = None, tasks: list[dict[str, Any]] | None = None, owner: str = "") -> str:
        digits = "44" + _unused(9)
        wanted: dict[str, Any] = {"number": digits, "account": owner or account.name}
        wanted |= {"tasks": tasks} if url is None else {"dialect": "ringful", "url": url}
        await admin.ask("POST", "numbers", wanted)
        made.append(digits)
        return digits

    yield make
    for digits in made:
        await admin.ask("DELETE", f"numbers/{digits}")


@pytest.fixture
async def network(system: System) -> AsyncIterator[Lab]:
    """The lab as an operator steers it: its people call our numbers."""
    async with RunningLab.of_environment().client() as network:
        yield network


@pytest.fixture(autouse=True)
def _sharing(system: System) -> Iterator[None]:
    """Every test here uses the running system beside others; those in tests/faults have it to themselves."""
    with sharing(system.file):
        yield
