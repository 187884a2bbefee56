"""Passcodes by the running system: a text with the code arrives, a person hears it spoken, a call follows a text that
fails, and no answer, log or store has it.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import make_account, worker
from tests.support import audio, people
from tests.support.carillon import Admin, Command, Own
from tests.support.digits import stands_in
from tests.support.lab_numbers import unused
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
REJECTED = "12015550156"
"""A number of the lab whose texts are rejected by a receipt (docs/lab.md)."""


@pytest.fixture
async def texts(system: System) -> AsyncIterator[LabTexts]:
    """What arrives at numbers of the lab."""
    async with LabTexts.of(system) as found:
        yield found


@pytest.fixture
def mine(http: aiohttp.ClientSession, system: System, admin: Admin) -> Own:
    """An account of the test's own that may send texts."""
    account = make_account(admin)
    number = f"4477{worker():02d}{secrets.randbelow(10**6):06d}"
    wanted = {"number": number, "account": account.name, "capability": "sms", "unassigned": True}
    admin.now("POST", "numbers", wanted)
    return Own(http, system, account)


async def send(own: Own, number: str, **more: Any) -> Any:
    """Send a passcode; returns it."""
    status, sent = await own.ask("POST", "passcodes", json={"number": number, **more})
    assert status == 202, sent
    return sent


async def becomes(own: Own, id: str, state: str, within: float = 60.0) -> Any:
    """The passcode as soon as it is in a state."""

    async def look() -> Any:
        return (await own.ask("GET", f"passcodes/{id}"))[1]

    return await until(look, lambda found: found["state"] == state, within, f"{id} is {state}")


async def verify(own: Own, id: str, code: str) -> tuple[int, Any]:
    """Answer a passcode."""
    return await own.ask("POST", f"passcodes/{id}/verify", json={"code": code})


def other(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def twice(code: str) -> str:
    """What a call that brings a code says."""
    once = f"hello this is your code {' '.join(WORDS[int(digit)] for digit in code)}"
    return f"{once} {once}"


async def answered_by_a_person(carillon: Command, number: str) -> str:
    """Let a number of the lab be a person who answers and listens."""
    await carillon("lab", "map", number, people.LISTENS)
    return number


async def test_a_text_brings_a_code_that_is_verified_once(mine: Own, texts: LabTexts, sink: Sink) -> None:
    wanted = {"events": ["passcode.*"], "url": sink.url("/passcodes")}
    assert (await mine.ask("POST", "subscriptions", json=wanted))[0] == 201
    number = unused()
    sent = await send(mine, number, message="Hi your OTP is {otp}", length=5)
    found = re.fullmatch(r"Hi your OTP is ([0-9]{5})", (await texts.until(number))[-1].text)
    assert found
    code = found[1]
    wrong, refused = await verify(mine, sent["id"], other(code))
    assert (wrong, refused["code"]) == (403, "wrong_code")
    await becomes(mine, sent["id"], "delivered")
    status, verified = await verify(mine, sent["id"], " ".join(code))
    assert (status, verified["state"], verified["tries"]) == (200, "verified", 3)
    assert (await verify(mine, sent["id"], code))[1]["code"] == "no_code"
    told = await sink.until_any(lambda one: '"passcode.verified"' in one.body and sent["id"] in one.body)
    data = json.loads(told.body)["data"]
    assert (data["passcode"], data["number"]) == (sent["id"], number)
    assert not [one for one in sink.taken() if stands_in(code, one.body)]


async def test_a_person_hears_the_code_digit_by_digit_and_twice(mine: Own, lab: LabEars, carillon: Command) -> None:
    number = await answered_by_a_person(carillon, unused())
    code = "4926"
    sent = await send(mine, number, way="voice", code=code)
    await call_ended(mine, sent["call"], within=60.0)
    heard = (await lab.of(sent["call"], mine)).heard
    said = audio.said(heard.samples, heard.rate, tuple(twice("".join(order)) for order in permutations(code)))
    assert twice(code).startswith(said), "of all orders of these digits"
    assert len(said.split()) >= len(twice(code).split()) - 1, "the recogniser may leave out the last word"
    assert (await becomes(mine, sent["id"], "delivered"))["way"] == "voice"
    timeline = str(await mine.call(sent["call"]))
    assert not stands_in(code, timeline) and "your code" not in timeline.lower()
    assert (await verify(mine, sent["id"], code))[0] == 200
    await carillon("lab", "map", number, "--remove")


async def test_a_text_that_is_rejected_is_followed_by_a_call_with_the_same_code(
    mine: Own, texts: LabTexts, carillon: Command
) -> None:
    await answered_by_a_person(carillon, REJECTED)
    sent = await send(mine, REJECTED, fallback_seconds=300)
    found = await becomes(mine, sent["id"], "delivered", within=90.0)
    assert (found["way"], found["text"], bool(found["call"])) == ("voice", sent["text"], True)
    code = re.search(r"[0-9]{6}", (await texts.until(REJECTED))[-1].text)
    assert code and (await verify(mine, sent["id"], code[0]))[0] == 200


async def test_no_answer_no_log_and_no_store_has_a_code(
    mine: Own, admin: Admin, texts: LabTexts, system: System
) -> None:
    number, code = unused(), f"{secrets.randbelow(10**10):010d}"
    sent = await send(mine, number, code=code)
    assert code in (await texts.until(number))[-1].text
    await verify(mine, sent["id"], other(code))
    shown = [
        sent,
        (await mine.ask("GET", f"passcodes/{sent['id']}"))[1],
        (await mine.ask("GET", "passcodes"))[1],
        (await mine.ask("GET", f"messages/{sent['text']}"))[1],
        (await mine.ask("GET", "messages"))[1],
        await admin.ask("GET", f"messages/{sent['text']}"),
        await admin.ask("GET", f"accounts/{mine.account.name}/audit"),
    ]
    assert not [each for each in shown if stands_in(code, each)]
    container = system.container("carillon")
    assert not stands_in(code, await system.docker("logs", container))
    counted = "cat /var/lib/carillon/carillon.db* | grep -a -c -e "
    assert (await system.docker("exec", container, "sh", "-c", f"{counted} '{code}' || true")).strip() == "0"
    assert (await system.docker("exec", container, "sh", "-c", f"{counted} '{sent['id']}' || true")).strip() != "0"
    assert (await verify(mine, sent["id"], code))[0] == 200


async def test_a_hundred_answers_at_once_get_five_tries(mine: Own, texts: LabTexts) -> None:
    number = unused()
    sent = await send(mine, number)
    code = re.search(r"[0-9]{6}", (await texts.until(number))[-1].text)
    assert code
    answers = await asyncio.gather(*(verify(mine, sent["id"], other(code[0])) for _ in range(100)))
    assert sorted(each[1]["code"] for each in answers) == ["no_code"] * 95 + ["wrong_code"] * 5
    assert (await verify(mine, sent["id"], code[0]))[1]["code"] == "no_code"
    assert (await becomes(mine, sent["id"], "failed"))["reason"] == "too_many_tries"


async def test_limits_are_set_by_people_and_not_by_a_program(mine: Own, admin: Admin, carillon: Command) -> None:
    name = mine.account.name
    status, refused = await mine.ask("PUT", "passcode-settings", json={"most_to_number": 100})
    assert (status, refused["code"]) == (403, "forbidden")
    assert (await mine.ask("POST", "passcode-settings/resume"))[0] == 403
    await carillon("passcodes", "settings", "--account", name, "--country", "NP", "--most-to-range", "7")
    found = (await mine.ask("GET", "passcode-settings"))[1]
    assert (found["countries"], found["most_to_range"], found["stopped"]) == (["NP"], 7, None)
    status, refused = await mine.ask("POST", "passcodes", json={"number": unused()})
    assert (status, refused["code"]) == (403, "country_refused")


async def test_a_second_passcode_to_a_number_waits_and_what_is_not_allowed_is_refused(
    mine: Own, texts: LabTexts
) -> None:
    number = unused()
    await send(mine, number)
    refused = [
        ({"number": number}, 429, "limit_reached"),
        ({"number": "+44 20 7946 0000"}, 403, "number_refused"),
        ({"number": "911"}, 400, "invalid_number"),
        ({"number": unused(), "code": "12"}, 400, "invalid_setting"),
        ({"number": unused(), "message": "no code"}, 400, "invalid_setting"),
        ({"number": unused(), "way": "fax"}, 400, "bad_request"),
    ]
    for body, status, code in refused:
        answered = await mine.ask("POST", "passcodes", json=body)
        assert (answered[0], answered[1]["code"]) == (status, code), body


async def test_the_command_line_sends_verifies_and_lists(mine: Own, texts: LabTexts, carillon: Command) -> None:
    number, name = unused(), mine.account.name
    sent = await carillon.json("passcodes", "send", number, "--account", name)
    code = re.search(r"[0-9]{6}", (await texts.until(number))[-1].text)
    assert code
    assert (await carillon.run("passcodes", "verify", sent["id"], other(code[0]), "--account", name)).status
    assert number in await carillon("passcodes", "verify", sent["id"], code[0], "--account", name)
    (listed,) = await carillon.json("passcodes", "list", "--account", name)
    assert (listed["id"], listed["state"]) == (sent["id"], "verified")
