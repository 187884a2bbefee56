"""kill -9 of the controller while the second party of a pair rings: the two are connected, each stage is told once."""

import asyncio
import json
import time

from tests.faults.conftest import kill_the_controller
from tests.support import people
from tests.support.carillon import Own
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink
from tests.support.system import System

WITHIN = 60.0


async def test_a_pair_whose_second_party_rings_goes_on_after_kill_9_and_each_stage_is_told_once(
    own: Own, sink: Sink, lab: LabEars, system: System
) -> None:
    body = {"events": ["pair.*"], "url": sink.url("pairs")}
    subscription = (await own.ask("POST", "subscriptions", json=body))[1]["id"]
    first, second = people.SPEAKS_440, people.ANSWERS_AFTER_8_SECONDS
    greeting = [{"kind": "play", "source": sink.tone(620, 3.0)}]
    body = {"first": first, "second": second, "greeting": greeting, "max_seconds": 3}
    id = (await own.ask("POST", "pairs", json=body))[1]["id"]
    left = [(await own.ask("POST", "pairs", json={"first": first, "second": people.BUSY}))[1]["id"]]
    await until(lambda: own.call(id), lambda seen: [leg["state"] for leg in seen["legs"]] == ["ringing"])
    left += [
        (await own.ask("POST", "pairs", json={"first": number, "second": first, "ring_seconds": 12}))[1]["id"]
        for number in (people.NEVER_ANSWERS, people.BUSY)
    ]
    await kill_the_controller(system)
    for each in (id, *left):
        await sink.until_any(lambda one, each=each: each in one.body and "pair.ended" in one.body, within=WITHIN)
    shown = (await own.ask("GET", f"pairs/{id}"))[1]
    assert (shown["state"], shown["result"]) == ("ended", "completed")
    assert types(sink, id) == ["pair.first_answered", "pair.connected", "pair.ended"]
    results = [(await own.ask("GET", f"pairs/{each}"))[1]["result"] for each in left]
    assert results == ["second_busy", "first_no_answer", "first_busy"]
    assert [types(sink, each) for each in left] == [
        ["pair.first_answered", "pair.ended"], ["pair.ended"], ["pair.ended"]
    ]  # fmt: skip
    assert (await lab.of(shown["legs"][1]["call"])).heard.has(440, 1.0), "the two were connected"
    assert [event["event"] for event in (await own.call(id))["events"]].count("pair_ended") == 1
    await own.ask("DELETE", f"subscriptions/{subscription}")


async def test_pairs_that_are_due_and_cancelled_about_a_kill_end_once_and_ring_nobody_on(
    own: Own, system: System
) -> None:
    body = {"first": people.NEVER_ANSWERS, "second": people.LISTENS}
    times = [time.time() + 2.0 + 0.2 * place for place in range(10)]
    ids = [(await own.ask("POST", "pairs", json=body | {"at": at}))[1]["id"] for at in times]
    await until(lambda: own.ask("GET", f"calls/{ids[4]}"), lambda answer: answer[0] == 200, what="the fifth is placed")
    killing = asyncio.create_task(kill_the_controller(system))
    answers = await asyncio.gather(*(own.ask("DELETE", f"pairs/{id}") for id in ids), return_exceptions=True)
    await killing
    for id, answer in zip(ids, answers, strict=True):
        if isinstance(answer, BaseException) or answer[0] == 503:
            assert (await own.ask("DELETE", f"pairs/{id}"))[0] in (200, 409)
    for id in ids:
        shown = await until(
            lambda id=id: own.ask("GET", f"pairs/{id}"), lambda answer: answer[1]["state"] == "ended", WITHIN
        )
        assert shown[1]["result"] == "cancelled", shown
    live = (await own.ask("GET", "calls?live=true"))[1]["calls"]
    assert not {call["id"] for call in live} & set(ids)


def types(sink: Sink, id: str) -> list[str]:
    """The types of a pair's events, in order; what came twice (its answer was lost) counts once."""
    bodies = [json.loads(one.body) for one in sink.received if f'"{id}"' in one.body]
    return [body["type"] for body in {body["id"]: body for body in bodies}.values()]
