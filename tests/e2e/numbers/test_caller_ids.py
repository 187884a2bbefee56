"""Caller ids: a code that a text or a call brings proves that a number is the account's own."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import make_account, worker
from tests.support import audio, people
from tests.support.carillon import Admin, Command, Own
from tests.support.digits import stands_in
from tests.support.far_end import Sound
from tests.support.lab_numbers import unused
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars, call_ended, until
from tests.support.system import System

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WRONG = "The code is wrong"


@pytest.fixture
async def texts(system: System) -> AsyncIterator[LabTexts]:
    """What arrives at numbers of the lab."""
    async with LabTexts.of(system) as found:
        yield found


def account_with_a_number(http: aiohttp.ClientSession, system: System, admin: Admin) -> Own:
    """An account of the test's own that may send texts."""
    account = make_account(admin)
    number = f"4478{worker():02d}{secrets.randbelow(10**6):06d}"
    wanted = {"number": number, "account": account.name, "capability": "sms", "unassigned": True}
    admin.now("POST", "numbers", wanted)
    return Own(http, system, account)


@pytest.fixture
def mine(http: aiohttp.ClientSession, system: System, admin: Admin) -> Own:
    """One of these accounts."""
    return account_with_a_number(http, system, admin)


async def ask(own: Own, number: str, **more: Any) -> tuple[int, Any]:
    """Let a code be sent."""
    return await own.ask("POST", "caller-ids", json={"number": number, **more})


async def answer(own: Own, number: str, code: str) -> tuple[int, Any]:
    """Answer it."""
    return await own.ask("POST", f"caller-ids/{number}/verify", json={"code": code})


async def arrived(texts: LabTexts, number: str, count: int = 1) -> str:
    """The code of the last text that arrived at a number."""
    found = re.search(r"\b[0-9]{6}\b", (await texts.until(number, count))[-1].text)
    assert found
    return found[0]


def other(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"


def spoken(heard: Sound) -> tuple[list[Sound], list[Sound]]:
    """The digits of a code that was said twice: what is heard between pauses, the last six of each time."""
    step, quiet = 0.02, 15
    loud = [heard.part(at * step, (at + 1) * step).level > -45 for at in range(int(heard.seconds / step))]
    parts: list[tuple[int, int]] = []
    for at, one in enumerate(loud):
        if one and parts and at - parts[-1][1] < quiet:
            parts[-1] = (parts[-1][0], at)
        elif one:
            parts.append((at, at))
    sounds = [heard.part(begin * step, (end + 1) * step) for begin, end in parts]
    half = len(sounds) // 2
    return sounds[:half][-6:], sounds[half:][-6:]


async def test_a_code_by_text_lets_an_account_show_the_number_until_it_is_removed(
    mine: Own, texts: LabTexts, lab: LabEars
) -> None:
    number = unused()
    body = {"callee": people.BUSY, "caller": number}
    assert (await mine.ask("POST", "calls", json=body))[1]["code"] == "caller_refused"
    status, sent = await ask(mine, number, message="Hello, {code} it is.")
    assert (status, sent["number"], sent["how"], sent["tries"]) == (202, number, "text", 5)
    code = await arrived(texts, number)
    assert (await texts.arrived(number))[-1].text == f"Hello, {code} it is."
    wrong, refused = await answer(mine, number, other(code))
    assert (wrong, refused["code"]) == (403, "wrong_code") and refused["error"].startswith(WRONG)
    assert (await mine.ask("POST", "calls", json=body))[1]["code"] == "caller_refused"
    status, proved = await answer(mine, f"+{number[0]} {number[1:4]} {number[4:]}", f" {code[:3]}-{code[3:]} ")
    assert (status, proved["number"], proved["default"]) == (200, number, False)
    assert (await answer(mine, number, code))[1]["code"] == "no_code", "it counts once"
    status, call = await mine.ask("POST", "calls", json=body)
    assert (status, call["caller"]) == (201, number)
    assert (await ask(mine, "00" + number))[0] == 409, "it may show it already, however it is written"
    assert (await mine.ask("DELETE", f"caller-ids/{number}"))[0] == 204
    assert (await mine.ask("POST", "calls", json=body))[1]["code"] == "caller_refused"
    assert (await mine.ask("DELETE", f"caller-ids/{number}"))[0] == 404


async def test_a_call_says_the_code_twice_and_no_timeline_shows_it(own: Own, lab: LabEars) -> None:
    status, sent = await ask(own, people.LISTENS, how="call", again=True)
    assert (status, sent["how"]) == (202, "call")
    await call_ended(own, sent["sent"], within=45.0)
    heard = (await lab.of(sent["sent"])).heard
    first, second = spoken(heard)
    assert len(first) == len(second) == 6, "six digits, twice, each for itself"
    assert [one.seconds for one in first] == pytest.approx([one.seconds for one in second], abs=0.2)
    assert all(one.seconds < 1.0 for one in first)
    phrase = "hello this is your code"
    choices = (f"{phrase} ({' | '.join(WORDS)})+", "please leave a message after the tone")
    assert audio.said(heard.samples, heard.rate, choices).startswith(phrase)
    timeline = await own.call(sent["sent"])
    kinds = [task["kind"] for task in timeline["tasks"]]
    assert kinds.count("converse") == 2 and "say" not in kinds
    assert (await answer(own, people.LISTENS, "000"))[1]["code"] == "wrong_code"


async def test_no_list_of_texts_and_no_log_shows_a_code(
    mine: Own, admin: Admin, texts: LabTexts, system: System
) -> None:
    number = unused()
    _, sent = await ask(mine, number)
    code = await arrived(texts, number)
    shown = [
        (await mine.ask("GET", "messages"))[1],
        (await mine.ask("GET", f"messages/{sent['sent']}"))[1],
        await admin.ask("GET", f"messages?account={mine.account.name}"),
        await admin.ask("GET", f"messages/{sent['sent']}"),
        await admin.ask("GET", f"accounts/{mine.account.name}/audit"),
    ]
    assert shown[0]["messages"][0]["text"] == "***" and shown[0]["messages"][0]["origin"] == "verification"
    assert not [each for each in shown if stands_in(code, each)]
    await answer(mine, number, other(code))
    await answer(mine, number, code)
    logs = await system.docker("logs", system.container("carillon"))
    assert not stands_in(code, logs)


async def test_five_wrong_answers_end_a_code_and_a_new_one_replaces_the_old(mine: Own, texts: LabTexts) -> None:
    number = unused()
    await ask(mine, number)
    code = await arrived(texts, number)
    for _ in range(5):
        assert (await answer(mine, number, other(code)))[1]["code"] == "wrong_code"
    assert (await answer(mine, number, code))[1]["code"] == "no_code"
    again, refused = await ask(mine, number)
    assert (again, refused["code"]) == (429, "limit_reached"), "there is a pause between two codes"
    assert (await mine.ask("GET", "caller-ids"))[1] == {"caller_ids": [], "default_of_user": None}


async def test_guesses_at_once_do_not_count_less_than_guesses_one_after_the_other(mine: Own, texts: LabTexts) -> None:
    number = unused()
    await ask(mine, number)
    code = await arrived(texts, number)
    answers = await asyncio.gather(*(answer(mine, number, other(code)) for _ in range(20)))
    assert sorted(each[1]["code"] for each in answers) == ["no_code"] * 15 + ["wrong_code"] * 5
    assert (await answer(mine, number, code))[1]["code"] == "no_code"


async def test_two_accounts_prove_one_number_each_by_its_own_code(
    http: aiohttp.ClientSession, system: System, admin: Admin, texts: LabTexts
) -> None:
    number = unused()
    first, second = [account_with_a_number(http, system, admin) for _ in range(2)]
    await ask(first, number)
    code = await arrived(texts, number)
    assert (await answer(second, number, code))[1]["code"] == "no_code"
    await ask(second, number)
    other_code = await arrived(texts, number, 2)
    assert (await answer(first, number, code))[0] == 200
    assert (await second.ask("GET", "caller-ids"))[1]["caller_ids"] == []
    assert (await second.ask("DELETE", f"caller-ids/{number}"))[0] == 404, "it is the other account's"
    assert (await answer(second, number, other_code))[0] == 200
    assert (await first.ask("DELETE", f"caller-ids/{number}"))[0] == 204
    assert [each["number"] for each in (await second.ask("GET", "caller-ids"))[1]["caller_ids"]] == [number]


async def test_nobodys_phone_is_flooded_whoever_asks(
    http: aiohttp.ClientSession, system: System, admin: Admin, texts: LabTexts
) -> None:
    number = unused()
    accounts = [account_with_a_number(http, system, admin) for _ in range(6)]
    spelled = (number, f"+{number}", f"00{number}", f"+1 ({number[1:4]}) {number[4:]}", number[1:], number)
    answers = [await ask(own, text) for own, text in zip(accounts, spelled, strict=True)]
    assert [status for status, _ in answers] == [202] * 5 + [429]
    assert len(await texts.until(number, 5)) == 5


async def test_what_cannot_be_a_caller_id_is_refused(mine: Own) -> None:
    good = {"number": unused()}
    refused = [
        ({"number": "911"}, 400, "invalid_number"),
        ({"number": "me"}, 400, "invalid_number"),
        ({"number": "+99912345678"}, 403, "number_refused"),
        ({"message": "no code"}, 400, "invalid_setting"),
        ({"message": "{code}" + "x" * 300}, 400, "invalid_setting"),
        ({"how": "fax"}, 400, "bad_request"),
    ]
    for change, status, code in refused:
        answered = await ask(mine, **(good | change))
        assert (answered[0], answered[1]["code"]) == (status, code), change
    assert (await answer(mine, good["number"], "123456"))[1]["code"] == "no_code"


async def test_a_default_is_the_accounts_or_a_users(
    mine: Own, admin: Admin, http: aiohttp.ClientSession, system: System, texts: LabTexts
) -> None:
    first, second = "12015558801", "12015558800"
    for number in (first, second):
        await admin.ask("POST", f"accounts/{mine.account.name}/callers", {"number": number})
    shown = await shown_of(mine)
    assert shown == second, "the first of them, where nothing is said"
    assert (await mine.ask("PATCH", f"caller-ids/{first}", json={"default": True}))[0] == 204
    assert await shown_of(mine) == first
    made = await admin.ask("POST", f"accounts/{mine.account.name}/users", {"email": "ann@example.com", "role": "admin"})
    token = await admin.ask("POST", f"accounts/{mine.account.name}/users/{made['id']}/tokens", {"name": "phone"})
    ann = Own(http, system, type(mine.account)(**vars(mine.account) | {"token": token["token"]}))
    assert (await ann.ask("PATCH", f"caller-ids/{second}", json={"default": True}))[0] == 204
    assert (await ann.ask("GET", "caller-ids"))[1]["default_of_user"] == second
    assert (await shown_of(ann), await shown_of(mine)) == (second, first)
    assert (await mine.ask("DELETE", f"caller-ids/{second}"))[0] == 204
    assert await shown_of(ann) == first, "her default went with it"
    assert (await mine.ask("PATCH", f"caller-ids/{second}", json={"default": True}))[0] == 404


async def shown_of(own: Own) -> str:
    """What a call shows that names no caller."""
    return str((await own.ask("POST", "calls", json={"callee": people.BUSY}))[1]["caller"])


async def test_the_administrator_verifies_by_hand(mine: Own, carillon: Command, texts: LabTexts) -> None:
    number, name = unused(), mine.account.name
    await carillon("accounts", "verify", name, number, "--text", "--default")
    code = await arrived(texts, number)
    assert (await carillon.run("accounts", "verify", name, number, "--code", other(code))).status
    assert number in await carillon("accounts", "verify", name, number, "--code", code)
    (proved,) = (await mine.ask("GET", "caller-ids"))[1]["caller_ids"]
    assert (proved["number"], proved["default"]) == (number, True)


async def test_a_closed_accounts_code_proves_nothing(mine: Own, admin: Admin, texts: LabTexts) -> None:
    number = unused()
    await ask(mine, number)
    code = await arrived(texts, number)
    await admin.ask("DELETE", f"accounts/{mine.account.name}")
    status, _ = await until(lambda: answer(mine, number, code), lambda answered: answered[0] != 200)
    assert status == 401
