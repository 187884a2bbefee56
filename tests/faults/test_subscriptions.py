"""kill -9 of the controller while events wait for a subscriber that is down, while calls go on, while one listens."""

import asyncio
import json
from typing import Any

import aiohttp

from tests.clients.ringful.client import Ringful
from tests.faults.conftest import kill_the_controller
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import in_order
from tests.support.ports import unused_port
from tests.support.scenario import call_ended
from tests.support.sink import Sink
from tests.support.system import System

WITHIN = 90.0


async def test_what_waits_for_a_subscriber_comes_in_order_after_kill_9_and_nothing_is_stored_twice(
    ringful: Ringful, sink: Sink, own: Own, system: System
) -> None:
    down, up = Sink(port=unused_port()), sink
    made = []
    for url in (f"http://127.0.0.1:{down.port}/down", up.url("up")):
        status, answer = await own.ask("POST", "subscriptions", json={"events": ["call.*"], "url": url})
        assert status == 201
        made.append(answer["id"])
    over = [await ringful.call(callee=people.BUSY) for _ in range(2)]
    for call in over:
        await call_ended(own, call)
    going_on = await ringful.call(callee=people.LISTENS)
    await ringful.play(callId=going_on, announcement=sink.tone(500, 8.0))
    await ringful.hangup(callId=going_on, immediate="false")
    await up.until_any(lambda one: "call.answered" in one.body and going_on in one.body)
    await kill_the_controller(system)
    async with down:
        calls = [*over, going_on]
        for heard in (down, up):
            await heard.until_any(lambda one: "call.ended" in one.body and going_on in one.body, within=WITHIN)
            for call in calls:
                assert in_order(["call.dialing", "call.ended"], _types(heard, call)), _types(heard, call)
        assert [call for call in _ended(down) if call in calls] == calls, "in the order of events"
    async with asyncio.timeout(WITHIN):
        while any(one["state"] == "pending" for one in (await own.call(going_on))["callbacks"]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    rows = (await own.call(going_on))["callbacks"]
    keys = [(one["event"], one.get("subscription")) for one in rows]
    assert len(keys) == len(set(keys)) and {one["state"] for one in rows} == {"delivered"}
    for id in made:
        assert (await own.ask("DELETE", f"subscriptions/{id}"))[0] == 204


async def test_a_websocket_that_connects_again_after_kill_9_misses_nothing_and_receives_nothing_twice(
    ringful: Ringful, sink: Sink, own: Own, system: System
) -> None:
    call = await ringful.call(callee=people.LISTENS)
    await ringful.play(callId=call, announcement=sink.tone(500, 6.0))
    await ringful.hangup(callId=call, immediate="false")
    heard: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {own.account.token}"}
    url = f"{system.api}/carillon/v1/events?events=call.*,task.*"
    (_, page) = await own.ask("GET", "events?after=latest")
    first, after, killed = page["last"], page["last"], False
    async with asyncio.timeout(WITHIN):
        while not _is_over(heard, call):
            try:
                async with own.session.ws_connect(f"{url}&after={after}", headers=headers) as socket:
                    async for message in socket:
                        heard.append(message.json())
                        after = heard[-1]["id"]
                        if _is_over(heard, call):
                            break
                        if not killed and heard[-1]["type"] == "task.started":
                            killed = True
                            await kill_the_controller(system)
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.1)  # it starts again
    assert killed
    (_, page) = await own.ask("GET", f"events?events=call.*,task.*&after={first}&limit=1000")
    kept = [(each["id"], each["type"]) for each in page["events"]]
    assert [(each["id"], each["type"]) for each in heard] == kept[: len(heard)]
    assert len({each["id"] for each in heard}) == len(heard)


def _is_over(heard: list[dict[str, Any]], call: str) -> bool:
    return any(each["type"] == "call.ended" and each["data"]["call"] == call for each in heard)


def _types(sink: Sink, call: str) -> list[str]:
    """The types of a call's events, in order; what came twice (its answer was lost) counts once."""
    bodies = [json.loads(one.body) for one in sink.received if f'"{call}"' in one.body]
    return [body["type"] for body in {body["id"]: body for body in bodies}.values()]


def _ended(sink: Sink) -> list[str]:
    bodies = [json.loads(one.body) for one in sink.received]
    calls = [body["data"]["call"] for body in bodies if body["type"] == "call.ended"]
    return list(dict.fromkeys(calls))
