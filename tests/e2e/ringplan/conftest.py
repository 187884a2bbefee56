"""RingPlan's customer: a company of its own, with its API key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from tests.clients.ringful.client import Ringful
from tests.clients.ringplan.client import RingPlan
from tests.e2e.conftest import make_account
from tests.support.carillon import Account, Admin, Own
from tests.support.system import System


@dataclass(frozen=True)
class Company:
    """A company: its API as the primary user, its id, and the same account's other APIs."""

    api: RingPlan
    id: str
    instance: str
    account: Account
    own: Own
    ringful: Ringful


async def company_of(admin: Admin, http: aiohttp.ClientSession, system: System) -> Company:
    """Make a company, with the credentials that the administrator shows."""
    account = make_account(admin)
    shown = (await admin.ask("GET", f"accounts/{account.name}/credentials"))["ringplan"]
    api = RingPlan(http, system.api, shown["token"])
    own, ringful = Own(http, system, account), Ringful(http, system.api, account.apikey)
    return Company(api, shown["company"], shown["instance"], account, own, ringful)


@pytest.fixture
async def company(admin: Admin, http: aiohttp.ClientSession, system: System) -> AsyncIterator[Company]:
    """A company of the test's own. Calls that a test leaves up are ended with it."""
    made = await company_of(admin, http, system)
    yield made
    await made.ringful.tidy()


@pytest.fixture
async def other(admin: Admin, http: aiohttp.ClientSession, system: System) -> Company:
    """Another company."""
    return await company_of(admin, http, system)
