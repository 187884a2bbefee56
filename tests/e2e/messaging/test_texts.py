"""Texts by the running system and the lab's SMSC: sent, received, replied to, stopped, scheduled; those of phones."""

import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import MakeExtension, make_account, worker
from tests.support.carillon import Admin, Command, Own
from tests.support.lab_numbers import unused
from tests.support.phone_texts import Texts
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System
from tests.support.texter import Texter
from tests.support.turns import the_only

LONG = "Ünïcödé, 70 in a part, 67 in each of several, and an emoji where a part ends: ☎ " + "😀🚀" * 40


class Texting(Texts):
    """An account with a number for texts, and what a test does with it. `theirs` is a number of the lab."""

    def __init__(self, own: Own, admin: Admin, carillon: Command, number: str) -> None:
        super().__init__(own)
        self.admin, self.carillon, self.number, self.theirs = admin, carillon, number, unused()

    async def send(self, text: str = "Good morning.", to: str = "", **fields: Any) -> str:
        """Send a text; returns its id."""
        return await self.post(to or self.theirs, text, **fields)

    async def receive(self, text: str, to: str = "") -> None:
        """Let the lab text us."""
        await self.carillon("lab", "text", to or self.number, text, "--as", self.theirs)

    async def arrived(self, number: str = "") -> list[str]:
        """What arrived at a number of the lab, from us."""
        found = await self.carillon.json("lab", "texts", number or self.theirs)
        return [each["text"] for each in found if each["sender"] == self.number]


@pytest.fixture
async def texting(
    http: aiohttp.ClientSession, system: System, admin: Admin, carillon: Command
) -> AsyncIterator[Texting]:
    """An account of the test's own; no test with a link of its own to the lab's SMSC runs beside it."""
    account = make_account(admin)
    number = f"4479{worker():02d}{secrets.randbelow(10**6):06d}"
    wanted = {"number": number, "account": account.name, "capability": "sms", "unassigned": True}
    await admin.ask("POST", "numbers", wanted)
    with the_only(system.file, "texts"):
        yield Texting(Own(http, system, account), admin, carillon, number)
    await admin.ask("DELETE", f"numbers/{number}")


async def test_a_text_is_delivered_and_its_events_reach_a_webhook(texting: Texting, sink: Sink) -> None:
    wanted = {"events": ["message.*"], "url": sink.url("/texts")}
    assert (await texting.own.ask("POST", "subscriptions", json=wanted))[0] == 201
    id = await texting.send()
    found = await texting.becomes(id, "delivered")
    assert await texting.arrived() == ["Good morning."]
    assert [part["state"] for part in found["parts"]] == ["delivered"]
    assert [event["event"] for event in found["events"]] == ["message_sent", "message_ended"]
    delivered = await sink.until_any(lambda one: '"message.delivered"' in one.body and id in one.body)
    assert json.loads(delivered.body)["data"]["message"] == id


async def test_a_long_text_arrives_whole(texting: Texting) -> None:
    found = await texting.becomes(await texting.send(LONG), "delivered")
    assert found["message"]["parts"] == len(found["parts"]) > 2
    assert await texting.arrived() == [LONG]


async def test_a_long_text_comes_in_whole(texting: Texting) -> None:
    await texting.receive(LONG)
    assert [one["text"] for one in await texting.received()] == [LONG]


async def test_a_reply_reaches_the_webhook_with_what_it_replies_to(texting: Texting, sink: Sink) -> None:
    wanted = {"events": ["message.received"], "url": sink.url("/replies")}
    await texting.own.ask("POST", "subscriptions", json=wanted)
    id = await texting.send("Shall we meet?")
    await texting.becomes(id, "delivered")
    await texting.receive("Yes, at nine.")
    callback = await sink.until_any(lambda one: '"message.received"' in one.body and id in one.body)
    data = json.loads(callback.body)["data"]
    assert (data["text"], data["reply_to"], data["sender"], data["recipient"]) == (
        "Yes, at nine.", id, texting.theirs, texting.number,
    )  # fmt: skip


async def test_a_text_that_fails_says_why(texting: Texting) -> None:
    found = await texting.becomes(await texting.send(to="12015550141"), "failed")
    assert "001" in found["message"]["reason"]
    refused = await texting.becomes(await texting.send(to="12015550148"), "failed")
    assert refused["message"]["reason"] and refused["message"]["sent"] is None


async def test_a_keyword_leads_to_another_account(texting: Texting, admin: Admin, http: Any, system: System) -> None:
    account = make_account(admin)
    other = Texting(Own(http, system, account), admin, texting.carillon, texting.number)
    await admin.ask("POST", "applications", {"account": account.name, "name": "pizza", "tasks": []})
    options = ("--to", "application:pizza", "--account", account.name)
    await texting.carillon("keywords", "add", texting.number, "pizza", *options)
    await texting.receive("Pizza!\nwith cheese")
    await texting.receive("Hello.")
    assert [one["text"] for one in await texting.received()] == ["Hello."]
    assert [one["text"] for one in await other.received()] == ["Pizza!\nwith cheese"]
    await texting.carillon("keywords", "remove", texting.number, "pizza")


async def test_stop_and_start(texting: Texting) -> None:
    await texting.becomes(await texting.send("One"), "delivered")
    await texting.receive("Stop.")
    (stopped,) = await texting.received()
    assert stopped["text"] == "Stop."
    arrived = await until(texting.arrived, lambda found: len(found) == 2)
    assert "unsubscribed" in arrived[1]
    status, refused = await texting.own.ask("POST", "messages", json={"to": texting.theirs, "text": "Two"})
    assert (status, refused["code"]) == (403, "number_refused")
    await texting.receive("START")
    await texting.received(2)
    await texting.becomes(await texting.send("Three"), "delivered")
    assert (await texting.arrived())[-1] == "Three"


async def test_a_scheduled_text_leaves_at_its_time(texting: Texting) -> None:
    at = time.time() + 10
    id = await texting.send(at=at)
    assert (await texting.show(id))["message"]["state"] == "queued" and await texting.arrived() == []
    later = await texting.send("later", at=at + 3600)
    await texting.becomes(id, "delivered")
    assert time.time() >= at and await texting.arrived() == ["Good morning."]
    assert (await texting.own.ask("DELETE", f"messages/{later}"))[0] == 204


async def test_a_text_to_nobody_is_kept_for_the_operator(texting: Texting) -> None:
    nobody = f"449{secrets.randbelow(10**9):09d}"
    await texting.receive("Anybody?", to=nobody)

    async def lost() -> list[str]:
        found = await texting.carillon.json("messages", "unmatched")
        return [each["text"] for each in found if each["recipient"] == nobody]

    assert await until(lost, bool) == ["Anybody?"]


# -- phones


@pytest.fixture
async def phones(
    texting: Texting, system: System, extension: MakeExtension
) -> AsyncIterator[tuple[tuple[str, Texter], tuple[str, Texter]]]:
    """Two registered phones of the account, each with its extension's number."""
    host, _, port = system.sip.partition(":")
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(2):
            one = await extension(account=texting.own.account.name)
            phone = await stack.enter_async_context(Texter(one.user, one.password, host, int(port)))
            assert await phone.register() == 200
            found.append((one.number, phone))
        yield found[0], found[1]


async def got(phone: Texter, count: int = 1) -> list[str]:
    """Wait until so many texts arrived at a phone."""

    async def look() -> list[str]:
        return [received.body.decode() for received in phone.received]

    return list(await until(look, lambda found: len(found) >= count))


async def test_a_phone_texts_another_phone(texting: Texting, phones: Any) -> None:
    (ann, annes), (bob, bobs) = phones
    assert await annes.text(bob, "Lunch? 😀") == 202
    assert await got(bobs) == ["Lunch? 😀"]
    assert f"sip:{ann}@" in bobs.received[0].header("From")

    async def shown() -> list[tuple[str, ...]]:
        found = (await texting.own.ask("GET", "messages"))[1]["messages"]
        return [(one["sender"], one["recipient"], one["state"], one["origin"]) for one in found]

    # the phone has the text before it is stored that it was sent
    await until(shown, lambda found: found == [(ann, bob, "sent", f"extension:{ann}")], what="the text is sent")


async def test_a_phone_texts_a_number_and_the_reply_comes_back(texting: Texting, phones: Any) -> None:
    (_, annes), _ = phones
    assert await annes.text(texting.theirs, "Table for two?") == 202
    assert await until(texting.arrived, bool) == ["Table for two?"]
    await texting.receive("With pleasure.")
    assert await got(annes) == ["With pleasure."]
    assert texting.theirs in annes.received[0].header("From")


async def test_a_phone_is_told_why_its_text_was_refused(texting: Texting, phones: Any) -> None:
    (_, annes), _ = phones
    assert await annes.text("911", "Help") == 202
    (reason,) = await got(annes)
    assert reason.startswith("Not sent: ")


async def test_a_text_for_a_phone_that_is_off_waits_for_it(texting: Texting, phones: Any) -> None:
    (ann, annes), _ = phones
    assert await annes.register(0) == 200
    id = await texting.send("When you are back", to=ann)
    assert await annes.register() == 200
    await texting.becomes(id, "sent")
    assert await got(annes) == ["When you are back"]
