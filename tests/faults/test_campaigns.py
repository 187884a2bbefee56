"""A campaign over kill -9 of the controller and a restart of Asterisk: nobody is called twice, and nobody forgotten."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.e2e.conftest import make_account
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Admin, Own
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System

NUMBERS = [f"120155501{number}" for number in range(20, 40)]
SECONDS = 5.0
OUTCOMES = {"completed", "failed", "hung_up"}


@pytest.mark.parametrize("fault", ["controller", "asterisk"])
async def test_nobody_is_called_twice_and_nobody_is_forgotten(
    own: Own, admin: Admin, sink: Sink, system: System, fault: str
) -> None:
    mine = Own(own.session, system, make_account(admin))
    body = {
        "name": "news",
        "message": {"audio": sink.tone(620, SECONDS)},
        "options": {"per_second": 2, "at_once": 10},
    }
    campaign = (await mine.ask("POST", "campaigns", json=body))[1]["id"]
    contacts = {"contacts": [{"number": "+" + number} for number in NUMBERS]}
    assert (await mine.ask("POST", f"campaigns/{campaign}/contacts", json=contacts))[1]["added"] == len(NUMBERS)
    assert (await mine.ask("POST", f"campaigns/{campaign}/start", json={}))[0] == 200
    await asyncio.sleep(4)
    if fault == "controller":
        await kill_the_controller(system)
    else:
        await system.docker("restart", system.container("asterisk"))
        await system.healthy()
    await until(lambda: mine.ask("GET", f"campaigns/{campaign}"), _over, 90, "the campaign ends")
    found = (await mine.ask("GET", f"campaigns/{campaign}/contacts?limit=1000"))[1]["contacts"]
    assert {contact["number"] for contact in found} == set(NUMBERS)
    assert {contact["status"] for contact in found} <= OUTCOMES, Counter(contact["status"] for contact in found)
    calls = (await mine.ask("GET", "calls?limit=1000"))[1]["calls"]
    assert Counter(call["callee"] for call in calls) == Counter(NUMBERS)
    cut = [contact for contact in found if contact["status"] == "failed"]
    if fault == "asterisk":
        assert cut and {contact["reason"] for contact in cut} == {"media_node_lost"}
    else:
        assert not cut, "the calls outlive their controller"


def _over(answer: tuple[int, Any]) -> bool:
    return bool(answer[1]["state"] == "ended")
