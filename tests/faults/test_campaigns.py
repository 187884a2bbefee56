"""A campaign over kill -9 of the controller and a restart of Asterisk: nobody is called twice, and nobody forgotten.

2,000 contacts in `make faults`, 200 in `make test`.
"""

import asyncio
import os
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from api.lab import Lab, file_name
from engine.features.campaigns.pace import MADE_UP_SECONDS
from tests.e2e.conftest import make_account
from tests.faults.conftest import kill_the_controller
from tests.support import people
from tests.support.carillon import Admin, Own, moment
from tests.support.lab import RunningLab
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System

FULL = os.environ.get("CARILLON_FAULTS") == "full"
CONTACTS = 2000 if FULL else 200
CALLS_PER_SECOND = 4.0
"""Of the account: the campaign stays at nine tenths of it."""
SECONDS = 2.0
"""Of the message."""
BUSY_AGAIN = {"outcome": "busy", "times": 1, "wait_seconds": 20}
EACH_BUSY = 10
"""Every so many numbers one is busy, and called once more."""
CUT = ("media_node_lost", "controller_lost")
ENDS_WITHIN = 120 + 2 * CONTACTS / CALLS_PER_SECOND
PAGE = 500


@pytest.mark.timeout(int(2 * ENDS_WITHIN) + 300)
async def test_nobody_is_called_twice_and_nobody_is_forgotten(
    own: Own, admin: Admin, sink: Sink, system: System, network: Lab
) -> None:
    numbers = await _town(network)
    mine = Own(own.session, system, make_account(admin))
    limits = {"max_calls": 100, "calls_per_second": CALLS_PER_SECOND}
    await admin.ask("PATCH", f"accounts/{mine.account.name}/limits", limits)
    before = _recorded()
    campaign = await _campaign(mine, sink, list(numbers))
    plan = (await mine.ask("POST", f"campaigns/{campaign}/plan", json={}))[1]
    assert plan["contacts"] == CONTACTS, plan
    assert (await mine.ask("POST", f"campaigns/{campaign}/start", json={}))[0] == 200

    await _until_ended(mine, campaign, CONTACTS // 3)
    await kill_the_controller(system)
    await _until_ended(mine, campaign, 2 * CONTACTS // 3)
    await system.docker("restart", system.container("asterisk"))
    await system.healthy()
    await until(lambda: mine.ask("GET", f"campaigns/{campaign}"), _over, ENDS_WITHIN, "the campaign ends")

    found = {contact["number"]: contact for contact in await _contacts(mine, campaign)}
    calls = await _calls(mine)
    assert set(found) == set(numbers), "nobody is forgotten"
    _check_statuses(numbers, found)
    placed = Counter(call["callee"] for call in calls)
    assert placed == Counter({number: contact["attempts"] for number, contact in found.items()})
    await _check_recordings(before, calls, found)
    _check_pace(plan, calls)


async def _town(network: Lab) -> dict[str, str]:
    """Give numbers personas of the lab; returns who each is."""
    personas = list(people.TONES)
    town = {
        f"1201555{2000 + place}": people.BUSY if place % EACH_BUSY == 0 else personas[place % len(personas)]
        for place in range(CONTACTS)
    }
    at_once = asyncio.Semaphore(5)

    async def give(number: str, persona: str) -> None:
        async with at_once:
            await network.map(number, persona)

    await asyncio.gather(*(give(number, persona) for number, persona in town.items()))
    return town


async def _campaign(mine: Own, sink: Sink, numbers: list[str]) -> str:
    options = {"per_second": 100, "at_once": 60, "retries": [BUSY_AGAIN]}
    body = {"name": "news", "message": {"audio": sink.tone(620, SECONDS)}, "options": options}
    campaign = str((await mine.ask("POST", "campaigns", json=body))[1]["id"])
    contacts = {"contacts": [{"number": "+" + number} for number in numbers]}
    added = (await mine.ask("POST", f"campaigns/{campaign}/contacts", json=contacts))[1]
    assert (added["added"], added["bad"]) == (len(numbers), [])
    return campaign


async def _until_ended(mine: Own, campaign: str, count: int) -> None:
    """Wait until so many contacts were reached or given up."""

    async def ended() -> int:
        counts = (await mine.ask("GET", f"campaigns/{campaign}"))[1]["statuses"]
        return int(counts.get("completed", 0) + counts.get("failed", 0) + counts.get("busy", 0))

    await until(ended, lambda seen: seen >= count, ENDS_WITHIN, f"{count} have been called")


def _over(answer: tuple[int, Any]) -> bool:
    return bool(answer[0] == 200 and answer[1]["state"] == "ended")


async def _contacts(mine: Own, campaign: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["id"] if found else 0
        page = (await mine.ask("GET", f"campaigns/{campaign}/contacts?limit={PAGE}&after={after}"))[1]["contacts"]
        if not page:
            return found
        found += page


async def _calls(mine: Own) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        before = f"&before={found[-1]['id']}" if found else ""
        page = (await mine.ask("GET", f"calls?limit={PAGE}{before}"))[1]["calls"]
        if not page:
            return found
        found += page


def _check_statuses(numbers: dict[str, str], found: dict[str, dict[str, Any]]) -> None:
    """A call that a fault cut has failed for that reason and is not tried again; who is busy is, once."""
    for number, contact in found.items():
        cut = contact["status"] == "failed" and contact["reason"] in CUT
        wanted, most = ("busy", 2) if numbers[number] == people.BUSY else ("completed", 1)
        ended = (contact["status"], contact["reason"])
        assert cut or ended[0] == wanted, f"{number} ({numbers[number]}): {ended}"
        assert contact["attempts"] <= most, contact
        assert cut or contact["attempts"] == most, contact
    reasons = Counter(contact["reason"] for contact in found.values() if contact["status"] == "failed")
    assert 1 <= reasons["media_node_lost"] <= 60, "the restart cut the calls that were up"
    assert reasons["controller_lost"] <= 5, "only a call that was being set up is lost with its controller"


def _recorded() -> set[str]:
    return {file.name.removesuffix("-heard.wav") for file in RunningLab.of_environment().folder.glob("*-heard.wav")}


async def _check_recordings(before: set[str], calls: list[dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
    """The lab answered no call that is not in the store, and each that is said to have heard the message."""
    known = {file_name(call["sip_call_id"]): call for call in calls if call["sip_call_id"]}
    completed = {contact["call"] for contact in found.values() if contact["status"] == "completed"}
    wanted = {name for name, call in known.items() if call["id"] in completed}

    async def missing() -> set[str]:
        return wanted - _recorded()

    await until(missing, lambda left: not left, 15, "the lab closes its files")
    unknown = _recorded() - before - set(known)
    assert not unknown, "the lab was called by calls that the store does not have"


def _check_pace(plan: dict[str, Any], calls: list[dict[str, Any]]) -> None:
    """Calls began at the pace of the plan, but for the time of the faults: within a twentieth on a machine that does
    nothing else (`make faults`), and never faster. A fault is made up for by no more than MADE_UP_SECONDS.
    """
    begun = sorted(moment(call["created"]) for call in calls)
    gaps = [later - sooner for sooner, later in pairwise(begun)]
    undisturbed = [gap for gap in gaps if gap <= MADE_UP_SECONDS]
    per_minute = len(undisturbed) / sum(undisturbed) * 60
    at_most = len(gaps) / sum(min(gap, MADE_UP_SECONDS) for gap in gaps) * 60
    print(f"{len(calls)} calls in {sum(gaps):.0f} s, {sum(gaps) - sum(undisturbed):.0f} s of them without calls;"
          f" {per_minute:.1f} a minute ({at_most:.1f} with what was made up),"
          f" planned {plan['per_minute']:.1f}")  # fmt: skip
    assert at_most <= 1.05 * plan["per_minute"]
    assert not FULL or per_minute >= 0.95 * plan["per_minute"]
