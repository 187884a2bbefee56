"""Fixtures of the Sinch scenarios: customers, each with an account of its own; softphones and carriers of theirs."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import numpy as np
import pytest

from tests.clients.sinch.customer import Credentials, Customer, vendors_client
from tests.clients.sinch.server import SinchServer
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import Sound
from tests.support.lab import RunningLab
from tests.support.phone import Phone, PhoneFailed
from tests.support.scenario import until
from tests.support.system import System

MakeCustomer = Callable[..., Awaitable[Customer]]


@pytest.fixture
async def make_customer(admin: Admin, system: System, http: aiohttp.ClientSession) -> AsyncIterator[MakeCustomer]:
    """Makes customers that may call the lab, each with a server of its own that its callback URL names.

    `await make_customer(currency="CHF")`. Afterwards their calls are ended, and every event must have come right.
    """
    made: list[Customer] = []
    async with AsyncExitStack() as stack:

        async def make(**fields: Any) -> Customer:
            name = f"sinch-{secrets.token_hex(5)}"
            printed = await admin.ask("POST", "accounts", {"name": name, "allow_private": True, **fields})
            account, credentials = Account.of(printed), Credentials.of(printed)
            await admin.ask("PATCH", f"accounts/{name}/limits", {"max_calls": 100, "calls_per_second": 100})
            server = await stack.enter_async_context(SinchServer({credentials.key: credentials.secret}))
            customer = Customer(
                account=account, credentials=credentials, server=server, own=Own(http, system, account), admin=admin,
                lab=RunningLab.of_environment(), client=vendors_client(system, credentials),
            )  # fmt: skip
            made.append(customer)
            await customer.callbacks(server.url())
            return customer

        yield make
        for customer in made:
            await customer.tidy()
        for customer in made:
            customer.server.check()


@pytest.fixture
async def customer(make_customer: MakeCustomer) -> Customer:
    """A customer."""
    return await make_customer()


@pytest.fixture
async def fallback(customer: Customer) -> AsyncIterator[SinchServer]:
    """The customer's second server, set as the fallback of the first."""
    async with SinchServer(customer.server.secrets, "127.0.0.9") as server:
        await customer.callbacks(customer.server.url(), server.url("fallback"))
        yield server
        server.check()


@dataclass(frozen=True)
class Client:
    """A softphone of the customer's: the name by which it is called, and the phone."""

    name: str
    phone: Phone

    def heard(self) -> Sound:
        """What it heard in its last call."""
        return Sound(*self.phone.heard(), f"what {self.name} heard")

    async def hears(self, hz: float) -> None:
        """Wait until it hears a tone."""

        async def look() -> bool:
            try:
                return self.heard().has(hz)
            except (PhoneFailed, AssertionError):
                return False  # its file has no audio yet

        await until(look, bool, what=f"{self.name} hears {hz:g} Hz")


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
async def client(admin: Admin, customer: Customer, system: System) -> AsyncIterator[MakeClient]:
    """Makes registered softphones of the customer's: `await client(microphone=…, answer=True)`."""
    made: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(microphone: np.ndarray | None = None, application: str | None = None, **fields: Any) -> Client:
            number, name = f"8{secrets.randbelow(10**5):05d}", f"anna-{secrets.token_hex(3)}"
            wanted = {"number": number, "account": customer.account.name, "name": name, "application": application}
            printed = await admin.ask("POST", "extensions", wanted)
            made.append(number)
            sound = np.zeros(0, dtype=np.float32) if microphone is None else microphone
            fields |= {"microphone": sound, "number": number}
            phone = Phone(printed["user"], printed["password"], system.sip, **fields)
            return Client(name, await stack.enter_async_context(phone))

        yield make
    for number in made:
        await admin.ask("DELETE", f"extensions/{number}?account={customer.account.name}")
