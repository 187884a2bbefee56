"""Texts while their SMSC is down, slow, throttles or hangs up, and while the controller is killed.

In each case: nothing is lost, nothing is sent twice, each text ends once, and the money is right (TextStream.sort_out).
"""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from api.lab_smsc.smsc import State
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support import text_stream
from tests.support.carillon import Admin, Own
from tests.support.lab_texts import LabTexts
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System
from tests.support.text_stream import CUT, KILLED, MOST_SUBMITTED, UNANSWERED, TextStream, unknown

KILLS = 5
CUTS = 3
TEXTS = 300
LINK = "smscs/lab"
STREAM = [
    *[text_stream.EARLY_RECEIPT] * 30,
    *[text_stream.TWO_RECEIPTS] * 30,
    *[text_stream.SLOW_ANSWER] * 6,
    *[text_stream.NEVER_ANSWERED] * 4,
    *[text_stream.CUTS] * 2,
]
"""To whom some of the texts go; the others are delivered at once."""


@pytest.fixture
async def network(system: System, admin: Admin) -> AsyncIterator[LabTexts]:
    """The lab's SMSC, which has less time than usual to answer; it is up again afterwards, with its own settings."""
    before = (await admin.ask("GET", LINK))["settings"].get("answer_seconds", 10.0)
    await admin.ask("PATCH", LINK, {"settings": {"answer_seconds": text_stream.ANSWER_SECONDS}})
    async with LabTexts.of(system) as network:
        yield network
        await network.become(State.UP)
    await admin.ask("PATCH", LINK, {"settings": {"answer_seconds": before}})


@pytest.fixture
async def stream(
    http: aiohttp.ClientSession, system: System, admin: Admin, network: LabTexts, sink: Sink
) -> AsyncIterator[TextStream]:
    """An account with money, a rate, a number for texts and a webhook."""
    account = make_account(admin)
    number = f"4479{secrets.randbelow(10**8):08d}"
    await admin.ask(
        "POST", "numbers", {"number": number, "account": account.name, "capability": "sms", "unassigned": True}
    )
    await admin.ask("PATCH", f"accounts/{account.name}/texting", {"per_second": 1000})
    await admin.ask("POST", f"accounts/{account.name}/credit", {"amount": str(text_stream.CREDIT)})
    token = {"Authorization": f"Bearer {system.setting('ADMIN_TOKEN')}"}
    url = f"{system.admin}/message-rates?account={account.name}"
    async with http.put(url, data=f"1201555,{text_stream.PRICE},USD\n", headers=token) as answer:
        assert answer.status == 200, await answer.text()
    own, ringful = Own(http, system, account), Ringful(http, system.api, account.apikey)
    wanted = {"events": ["message.*"], "url": sink.url("events")}
    assert (await own.ask("POST", "subscriptions", json=wanted))[0] == 201
    theirs = f"1201555{secrets.randbelow(10**7):07}"
    yield TextStream(own, ringful, admin, network, sink, number, theirs)
    await admin.ask("DELETE", f"numbers/{number}")
    await admin.ask("DELETE", f"accounts/{account.name}?purge=true")


@asynccontextmanager
async def without_controller(system: System) -> AsyncIterator[None]:
    """kill -9 of the controller, which is started again at the end only.

    Its restart policy would wait twice as long each time where kills follow each other closely.
    """
    container = system.container("carillon")
    await system.docker("kill", container)
    yield
    await system.docker("start", container)
    await system.healthy()


def states(texts: list[dict[str, Any]]) -> Counter[str]:
    """How many texts there are in each state."""
    return Counter(text["state"] for text in texts)


async def test_texts_wait_for_an_smsc_that_is_down(stream: TextStream, network: LabTexts) -> None:
    await network.become(State.DOWN)
    await stream.send_all([stream.theirs] * 20)
    await stream.send_all([stream.theirs] * 5, by="ringful")
    waiting = await stream.listed(direction="out")
    assert states(waiting) == {"queued": 25} and not await stream.arrived()
    assert {text["reason"] for text in waiting} == {"It waits for the link to its carrier."}
    await network.become(State.UP)
    assert states(await stream.sort_out()) == {"delivered": 25}


async def test_an_smsc_that_is_slow_throttles_has_no_room_or_refuses(stream: TextStream, network: LabTexts) -> None:
    await network.become(State.SLOW)
    taken = [stream.theirs, text_stream.THROTTLES, text_stream.QUEUE_FULL, text_stream.EARLY_RECEIPT]
    others = {
        text_stream.FAILS: "failed",
        text_stream.REFUSES: "failed",
        text_stream.FAULTY: "expired",
        text_stream.NEVER_ANSWERED: "unknown",
    }
    await stream.send_all(taken * 3)
    await stream.send_all(others, valid_seconds=6)
    ended = {text["recipient"]: text for text in await stream.sort_out()}
    assert {to: text["state"] for to, text in ended.items()} == dict.fromkeys(taken, "delivered") | others
    assert UNANSWERED in ended[text_stream.NEVER_ANSWERED]["reason"]
    assert "not sent in its time" in ended[text_stream.FAULTY]["reason"]


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_links_that_are_cut_again_and_again(stream: TextStream, network: LabTexts, turn: int) -> None:
    chance, cuts = random.Random(turn), set[str]()
    for _ in range(CUTS):
        numbers = [text_stream.LATE_RECEIPT] * 10 + [stream.theirs] * (TEXTS // CUTS - 10)
        chance.shuffle(numbers)
        sending = asyncio.create_task(stream.send_all(numbers), name="send texts")
        await stream.until_accepted(len(stream.accepted) + chance.randrange(20))
        unanswered = await stream.send(text_stream.SLOW_ANSWER)
        await has_arrived(stream, unanswered, text_stream.SLOW_ANSWER)
        await network.cut()
        cuts.add(unanswered)
        await sending
    texts = await stream.sort_out()
    assert states(texts).keys() == {"delivered", "unknown"}
    assert len(unknown(texts, CUT)) == states(texts)["unknown"] <= CUTS * MOST_SUBMITTED
    assert cuts <= {text["text"] for text in unknown(texts, CUT)}


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_controller_that_is_killed_again_and_again(stream: TextStream, system: System, turn: int) -> None:
    chance = random.Random(turn)
    numbers = STREAM + [stream.theirs] * (TEXTS - len(STREAM))
    chance.shuffle(numbers)
    sending = asyncio.create_task(stream.send_all(numbers, valid_seconds=600), name="send texts")
    for number in range(KILLS):
        await stream.until_accepted((TEXTS - 10) * number // KILLS + chance.randrange(TEXTS // KILLS))
        async with without_controller(system):
            pass
    await sending
    texts = await stream.sort_out()
    assert states(texts).keys() == {"delivered", "unknown"}
    assert 0 < len(unknown(texts, KILLED)) <= KILLS * MOST_SUBMITTED
    of_others = len(unknown(texts, CUT)) + len(unknown(texts, UNANSWERED))
    assert of_others <= STREAM.count(text_stream.NEVER_ANSWERED) + STREAM.count(text_stream.CUTS) * MOST_SUBMITTED


async def test_a_kill_at_each_step_of_a_text(stream: TextStream, network: LabTexts, system: System) -> None:
    """The kill finds one waiting, two unanswered, and others whose receipts are late, came early or came twice."""
    at = time.time() + 4
    scheduled = await stream.send(stream.theirs, at=at)
    steps = [text_stream.LATE_RECEIPT, text_stream.TWO_RECEIPTS, text_stream.EARLY_RECEIPT, stream.theirs]
    sent = {await stream.send(to): to for to in steps}
    for words, to in sent.items():
        await has_arrived(stream, words, to)
    unanswered = [text_stream.SLOW_ANSWER, text_stream.NEVER_ANSWERED]
    left = {await stream.send(to, valid_seconds=6): to for to in unanswered}
    for words, to in left.items():
        await has_arrived(stream, words, to)
    await kill_the_controller(system)
    ended = {text["text"]: text for text in await stream.sort_out()}
    assert {words for words, text in ended.items() if text["state"] == "unknown"} >= set(left)
    assert all(KILLED in ended[words]["reason"] for words in left)
    assert ended[scheduled]["state"] == "delivered"
    late = next(words for words, to in sent.items() if to == text_stream.LATE_RECEIPT)
    assert ended[late]["state"] == "delivered"


async def has_arrived(stream: TextStream, words: str, to: str) -> None:
    """Wait until a text has arrived at a number of the lab."""
    await until(
        lambda: stream.network.arrived(to), lambda found: words in [one.text for one in found], what=f"{words} arrives"
    )


async def test_scheduled_texts_that_are_due_while_neither_smsc_nor_controller_is_there(
    stream: TextStream, network: LabTexts, system: System
) -> None:
    await network.become(State.DOWN)
    at = time.time() + 2
    await stream.send_all([stream.theirs] * 20, at=at, valid_seconds=30)
    expires = await stream.send(stream.theirs, at=at, valid_seconds=1)
    async with without_controller(system):
        pass
    await until(lambda: stream.listed(state="expired"), lambda found: len(found) == 1, what="one has expired")
    await network.become(State.UP)
    texts = await stream.sort_out()
    assert states(texts) == {"delivered": 20, "expired": 1}
    assert next(text for text in texts if text["text"] == expires)["state"] == "expired"


async def test_replies_that_come_while_no_controller_is_there_reach_the_callback_once(
    stream: TextStream, network: LabTexts, sink: Sink, system: System
) -> None:
    words = await stream.send(stream.theirs, by="ringful", callbackUrl=sink.url("reply"))
    await has_arrived(stream, words, stream.theirs)
    async with without_controller(system):
        for number in range(10):
            await network.send(stream.theirs, stream.number, f"reply {number}")
    await sink.until("", count=10, within=40)
    await stream.sort_out()
    replies = [one.form["reply"] for one in sink.received if one.path == "/reply"]
    assert sorted(replies) == sorted(f"reply {number}" for number in range(10))
    received = await stream.listed(direction="in")
    assert sorted(text["text"] for text in received) == sorted(replies)


async def test_redis_restarts_in_the_middle_of_a_stream(stream: TextStream, system: System) -> None:
    sending = asyncio.create_task(stream.send_all([stream.theirs] * TEXTS), name="send texts")
    await stream.until_accepted(TEXTS // 4)
    await system.docker("restart", system.container("redis"))
    await sending
    assert states(await stream.sort_out()) == {"delivered": len(stream.accepted) - 1}
