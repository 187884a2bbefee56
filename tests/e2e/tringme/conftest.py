"""TringMe's customer: the account's keys, and the server that is notified."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from tests.clients.tringme.client import TringMe, fields_of
from tests.support.carillon import Account, Admin
from tests.support.lab_texts import LabTexts
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System


@dataclass(frozen=True)
class Notified:
    """The notifications that came to one path of a sink."""

    sink: Sink
    path: str

    @property
    def url(self) -> str:
        """The URL to set."""
        return self.sink.url(self.path)

    def of(self, operation: str) -> list[dict[str, str]]:
        """The fields of those about an operation, in the order in which they came."""
        found = [fields_of(one.path, one.form) for one in self.sink.received if one.path.startswith(f"/{self.path}")]
        return [fields for fields in found if fields.get("id") == operation]

    def statuses(self, operation: str) -> list[str]:
        """The statuses of an operation."""
        return [fields["status"] for fields in self.of(operation)]

    async def until(self, operation: str, status: str, within: float = 40.0) -> dict[str, str]:
        """Wait for a status; returns the fields."""

        async def look() -> list[dict[str, str]]:
            await asyncio.sleep(0)
            return [fields for fields in self.of(operation) if fields["status"] == status]

        what = f"{status} of {operation}"
        return dict((await until(look, bool, within, what))[0])


async def customer_of(admin: Admin, http: aiohttp.ClientSession, system: System, account: Account) -> TringMe:
    """An account's API, with the keys that the administrator shows."""
    shown = (await admin.ask("GET", f"accounts/{account.name}/credentials"))["tringme"]
    return TringMe(http, system.api, **shown)


@pytest.fixture
async def tringme(admin: Admin, http: aiohttp.ClientSession, system: System, account: Account) -> TringMe:
    """The account's API."""
    return await customer_of(admin, http, system, account)


@pytest.fixture
async def notified(tringme: TringMe, sink: Sink) -> Notified:
    """The customer's server, whose URL is set."""
    found = Notified(sink, f"tringme-{secrets.token_hex(4)}")
    await tringme.ok("setnotifyurl", url=found.url)
    return found


@pytest.fixture
async def texts(system: System) -> AsyncIterator[LabTexts]:
    """The lab's texts."""
    async with LabTexts.of(system) as found:
        yield found


@pytest.fixture
def ours(admin: Admin, account: Account) -> str:
    """A number of the account that takes texts, and is its texting number."""
    number = f"1646{secrets.randbelow(10**7):07}"
    wanted = {"number": number, "account": account.name, "capability": "sms", "unassigned": True}
    admin.now("POST", "numbers", wanted)
    admin.now("PATCH", f"accounts/{account.name}/texting", {"sender": number})
    return number


@pytest.fixture
def theirs() -> str:
    """A number of the network that no other test uses."""
    return f"1201555{secrets.randbelow(10**7):07}"
