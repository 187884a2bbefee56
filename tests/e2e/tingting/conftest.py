"""TingTing's customer: the account's address and password, signed in."""

import secrets
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.clients.tingting.client import TingTing
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import Sound
from tests.support.lab_numbers import unused
from tests.support.lab_texts import LabTexts
from tests.support.scenario import FarEnd, LabEars, until
from tests.support.system import System

OVER = ("hungup", "unanswered", "failed", "terminated", "completed")
SECONDS = 60.0


async def customer_of(admin: Admin, http: aiohttp.ClientSession, system: System, account: Account) -> TingTing:
    """An account's API, with the credentials that the administrator shows, signed in."""
    shown = (await admin.ask("GET", f"accounts/{account.name}/credentials"))["tingting"]
    customer = TingTing(http, system.api, **shown)
    await customer.login()
    return customer


@pytest.fixture
async def tingting(admin: Admin, http: aiohttp.ClientSession, system: System, account: Account) -> TingTing:
    """The account's API."""
    return await customer_of(admin, http, system, account)


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
    """A number of the network that hardly another test uses: as long as its country's are, and no persona's."""
    return unused()


@dataclass(frozen=True)
class Campaigns:
    """Makes campaigns, waits for their numbers, and listens at the far ends."""

    tingting: TingTing
    own: Own
    lab: LabEars

    async def add(self, numbers: Iterable[str], *, services: str = "PHONE", **more: Any) -> int:
        """Add a campaign for numbers; returns its id."""
        wanted = {"name": f"of a test {secrets.token_hex(4)}", "services": services, **more}
        wanted |= {"individual_number": [int(each) for each in numbers]}
        answer = await self.tingting.ok("POST", "/api/system/campaigns/", json=wanted)
        return int(answer["data"]["details"][0]["id"])

    async def numbers(self, campaign: int) -> list[dict[str, Any]]:
        """The numbers of a campaign in the order in which they were added."""
        answer = await self.tingting.ok("GET", f"/api/system/campaigns/number/{campaign}")
        return list(reversed(answer["data"]["number-lists"]))

    async def begin(self, campaign: int, **given: Any) -> dict[str, Any]:
        """Begin a campaign; returns the envelope."""
        return dict(await self.tingting.ok("POST", f"/api/system/campaigns/{campaign}/begin/", json=given))

    async def ended(self, campaign: int, within: float = SECONDS) -> list[dict[str, Any]]:
        """The numbers of a campaign once it has ended and all of them have."""
        await until(lambda: self.state(campaign), lambda state: state == "ended", within, f"{campaign} ends")
        return await self.numbers(campaign)

    async def state(self, campaign: int) -> str:
        """A campaign's state in our own API."""
        return str((await self.shown(campaign))["state"])

    async def shown(self, campaign: int) -> dict[str, Any]:
        """A campaign in our own API."""
        status, listed = await self.own.ask("GET", "campaigns?limit=1000")
        assert status == 200, listed
        return dict(next(each for each in listed["campaigns"] if each["serial"] == campaign))

    async def contacts(self, campaign: int) -> list[dict[str, Any]]:
        """A campaign's numbers in our own API."""
        id = (await self.shown(campaign))["id"]
        status, listed = await self.own.ask("GET", f"campaigns/{id}/contacts")
        assert status == 200, listed
        return list(listed["contacts"])

    async def far(self, campaign: int, number: str) -> FarEnd:
        """What the person of a number heard and said in its last call."""
        found = await self.contacts(campaign)
        (contact,) = (each for each in found if each["number"].removeprefix("+") == number)
        return await self.lab.of(contact["call"])

    async def heard(self, campaign: int, number: str) -> Sound:
        """What the person of a number heard in its last call."""
        return (await self.far(campaign, number)).heard


@pytest.fixture
def campaigns(tingting: TingTing, own: Own, lab: LabEars) -> Campaigns:
    """Campaigns of the account."""
    return Campaigns(tingting, own, lab)
