"""Account-wide subscriptions by real calls: two hearers and one of them dead, mails, the websocket, replay."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.fakes.mail_box import MailBox
from tests.support import people
from tests.support.carillon import Admin, Command, Own
from tests.support.far_end import in_order
from tests.support.mails import mails
from tests.support.scenario import call_ended
from tests.support.sink import Behaviour, Callback, Sink
from tests.support.system import System

__all__ = ["mails"]
CALL = ["call.dialing", "call.answered", "call.ended"]


@pytest.fixture
async def mine(http: aiohttp.ClientSession, system: System, admin: Admin) -> AsyncIterator[tuple[Own, Ringful]]:
    """An account of the test's own, whose subscriptions go with it."""
    account = make_account(admin)
    own, ringful = Own(http, system, account), Ringful(http, system.api, account.apikey)
    yield own, ringful
    await ringful.tidy()
    for each in (await own.ask("GET", "subscriptions"))[1]["subscriptions"]:
        await own.ask("DELETE", f"subscriptions/{each['id']}")


async def subscribe(own: Own, *events: str, **target: str) -> dict[str, Any]:
    """Subscribe; returns the answer."""
    status, made = await own.ask("POST", "subscriptions", json={"events": events or ["*"], **target})
    assert status == 201, made
    return dict(made)


def named(callbacks: list[Callback], call: str, path: str) -> list[str]:
    """The types of a call's events that were accepted at a path, in order."""
    bodies = [json.loads(one.body) for one in callbacks if one.path == path and one.answered == 200]
    return [body["type"] for body in bodies if body["data"].get("call") == call]


async def ended(sink: Sink, call: str, path: str, within: float = 30.0) -> Callback:
    """Wait for a call's call.ended at a path."""
    return await sink.until_any(
        lambda one: one.path == path and f'"{call}"' in one.body and '"call.ended"' in one.body, within=within
    )


async def a_call(ringful: Ringful, sink: Sink, **more: str) -> str:
    """A call that is answered, hears a tone and is hung up."""
    call = await ringful.call(callee=people.LISTENS, **more)
    await ringful.play(callId=call, announcement=sink.tone(500, 0.4))
    await ringful.hangup(callId=call, immediate="false")
    return call


async def test_of_two_subscribers_of_calls_one_is_dead_and_the_other_hears_everything_in_time(
    mine: tuple[Own, Ringful], sink: Sink
) -> None:
    own, ringful = mine
    async with Sink("127.0.0.9") as dead:
        dead.behave("dead", Behaviour(hang=True))
        await subscribe(own, url=dead.url("dead"))
        alive = await subscribe(own, url=sink.url("alive"))
        calls = [await a_call(ringful, sink, callbackUrl=sink.url("request")) for _ in range(3)]
        for call in calls:
            over = (await call_ended(own, call))["ended"]
            heard = await ended(sink, call, "/alive")
            timestamp = json.loads(heard.body)["timestamp"]
            assert over == timestamp
            assert in_order(CALL, named(sink.received, call, "/alive")), named(sink.received, call, "/alive")
            Webhook(alive["secret"]).verify(heard.body, heard.headers)
            await sink.until("ServerHangup", callId=call)
        assert len(dead.received) == 1, "its first attempt goes on"


async def test_a_recorded_call_that_we_hang_up_is_reported_ended_once(mine: tuple[Own, Ringful], sink: Sink) -> None:
    own, ringful = mine
    await subscribe(own, url=sink.url("hook"))
    call = await ringful.call(callee=people.SPEAKS_440)
    await ringful.record(callId=call)
    await ringful.play(callId=call, announcement=sink.tone(830, 0.5))
    await ringful.hangup(callId=call, immediate="false")
    await ended(sink, call, "/hook")
    await call_ended(own, call)
    kinds = named(sink.received, call, "/hook")
    assert kinds.count("call.ended") == 1 and kinds[-1] == "call.ended", kinds
    (record,) = [
        json.loads(one.body)["data"]
        for one in sink.received
        if json.loads(one.body)["data"].get("kind") == "record" and '"task.ended"' in one.body
    ]
    assert record["outcome"]["type"] == "completed"
    assert kinds.count("recording.available") == 1 and record["outcome"]["result"]["recording"]


async def test_digits_of_a_real_call_are_collected_and_reported(mine: tuple[Own, Ringful], sink: Sink) -> None:
    own, ringful = mine
    await subscribe(own, "digits.collected", url=sink.url("hook"))
    call = await ringful.call(callee=people.PRESSES_1)
    await ringful.wait_for_tone(callId=call, tone="1")
    await ringful.hangup(callId=call, immediate="false")
    heard = await sink.until_any(lambda one: "digits.collected" in one.body)
    data = json.loads(heard.body)["data"]
    assert (data["call"], data["digits"], data["how"]) == (call, "1", "task")


async def test_accounts_never_hear_each_other(
    mine: tuple[Own, Ringful], ringful: Ringful, own: Own, sink: Sink
) -> None:
    mines, my_ringful = mine
    await subscribe(mines, url=sink.url("mine"))
    theirs = await subscribe(own, url=sink.url("theirs"))
    try:
        my_call, their_call = await a_call(my_ringful, sink), await a_call(ringful, sink)
        await ended(sink, my_call, "/mine")
        await ended(sink, their_call, "/theirs")
        assert not named(sink.received, their_call, "/mine") and not named(sink.received, my_call, "/theirs")
        event = json.loads((await ended(sink, my_call, "/mine")).body)["id"]
        assert (await own.ask("POST", f"events/{event}/replay"))[0] == 404
    finally:
        await own.ask("DELETE", f"subscriptions/{theirs['id']}")


async def test_a_calls_end_is_mailed(mine: tuple[Own, Ringful], sink: Sink, mails: MailBox) -> None:
    own, ringful = mine
    await subscribe(own, "call.ended", email="hears.of.calls@example.com")
    call = await a_call(ringful, sink)
    mail = await mails.next("hears.of.calls@example.com")
    assert mail["To"] == "hears.of.calls@example.com" and str(mail["Subject"]).startswith("call.ended ")
    assert f"call: {call}" in mail.get_content().splitlines()


async def test_a_websocket_hears_the_call_while_it_goes_on(mine: tuple[Own, Ringful], sink: Sink) -> None:
    own, ringful = mine
    url = f"{own.system.api}/carillon/v1/events?events=call.*"
    async with own.session.ws_connect(url, headers={"Authorization": f"Bearer {own.account.token}"}) as socket:
        call = await a_call(ringful, sink)
        kinds: list[str] = []
        while "call.ended" not in kinds:
            message = await socket.receive_json(timeout=30)
            assert message["data"]["call"] == call
            kinds.append(message["type"])
    assert in_order(CALL, kinds), kinds


async def test_a_call_is_replayed_by_the_command_line_under_the_same_ids(
    mine: tuple[Own, Ringful], sink: Sink, carillon: Command
) -> None:
    own, ringful = mine
    name = own.account.name
    url = ("--url", sink.url("hook"))
    made = await carillon.json("subscriptions", "add", name, *url, "--events", "call.answered,call.ended")
    call = await a_call(ringful, sink)
    await ended(sink, call, "/hook")
    await _delivered(own, call)
    assert "2 callbacks are sent again." in await carillon("callbacks", "replay", "--call", call)
    async with asyncio.timeout(30):
        while len(named(sink.received, call, "/hook")) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    answered, over, again_answered, again_over = sink.received
    assert answered.headers["webhook-id"] == again_answered.headers["webhook-id"]
    assert (over.body, over.headers["webhook-id"]) == (again_over.body, again_over.headers["webhook-id"])
    assert again_over.headers["Carillon-Attempt"] == "2"
    Webhook(made["secret"]).verify(again_over.body, again_over.headers)
    whats = [entry["what"] for entry in (await own.ask("GET", "audit"))[1]["audit"]]
    assert "callbacks.replayed" in whats


async def _delivered(own: Own, call: str) -> None:
    """Wait until what was answered is written down."""
    async with asyncio.timeout(30):
        while any(one["state"] == "pending" for one in (await own.call(call))["callbacks"]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
