"""Click-to-call: two parties are called one after the other and connected; each end's failure is told apart."""

import asyncio
import secrets
import time
from typing import Any

import pytest

from tests.e2e.conftest import MakeCarrier, make_account
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own, moment
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System


async def pair(own: Own, first: str, second: str, **more: Any) -> dict[str, Any]:
    """Place one."""
    status, placed = await own.ask("POST", "pairs", json={"first": first, "second": second, **more})
    assert status == 201, placed
    return dict(placed)


async def in_state(own: Own, id: str, state: str, within: float = 30.0) -> dict[str, Any]:
    """The pair as it is once it is in this state."""
    _, shown = await until(
        lambda: own.ask("GET", f"pairs/{id}"), lambda answer: answer[1]["state"] == state, within, f"{id} is {state}"
    )
    return dict(shown)


async def ringing(own: Own, call: str) -> str:
    """Wait until the second party's phone rings; returns its call."""
    timeline = await until(
        lambda: own.call(call),
        lambda seen: [leg["state"] for leg in seen["legs"]] == ["ringing"],
        what="the second party's phone rings",
    )
    return str(timeline["legs"][0]["id"])


async def stages(own: Own, id: str) -> list[str]:
    """The events of a pair, in their order."""
    return [event["event"] for event in (await own.call(id))["events"] if event["event"].startswith("pair_")]


async def cancel(own: Own, id: str) -> dict[str, Any]:
    """Cancel one."""
    status, answer = await own.ask("DELETE", f"pairs/{id}")
    assert status == 200, answer
    return dict(answer)


async def test_each_party_hears_the_other_and_the_second_sees_the_first_ones_number(own: Own, lab: LabEars) -> None:
    (first, low), (second, high) = people.speakers(2)
    placed = await pair(own, first, second)
    assert (placed["state"], placed["first"], placed["second"], placed["result"]) == ("calling", first, second, None)
    await in_state(own, placed["id"], "connected")
    await asyncio.sleep(2.0)  # of conversation
    assert (await cancel(own, placed["id"]))["state"] == "connected"
    ended = await in_state(own, placed["id"], "ended")
    assert ended["result"] == "completed" and ended["seconds"] >= 2.0 and ended["cancelled"]
    near, far = ended["legs"]
    assert near["call"] == placed["id"] and (near["callee"], far["callee"]) == (first, second)
    assert near["answered"] and far["answered"] and near["seconds"] >= far["seconds"] >= 2.0
    assert far["caller"] == first
    assert (await lab.of(near["call"])).heard.has(high, 1.0)
    assert (await lab.of(far["call"])).heard.has(low, 1.0)
    assert await stages(own, placed["id"]) == ["pair_first_answered", "pair_connected", "pair_ended"]


async def test_who_hangs_up_ends_both(own: Own) -> None:
    placed = await pair(own, people.SPEAKS_440, people.HANGS_UP)
    ended = await in_state(own, placed["id"], "ended")
    near, far = ended["legs"]
    assert ended["result"] == "completed"
    assert (near["hung_up_by"], far["hung_up_by"]) == ("other", "far")


@pytest.mark.parametrize(
    ("first", "second", "result", "told"),
    [
        (people.BUSY, people.LISTENS, "first_busy", ["pair_ended"]),
        (people.NEVER_ANSWERS, people.LISTENS, "first_no_answer", ["pair_ended"]),
        (people.DOES_NOT_EXIST, people.LISTENS, "first_failed", ["pair_ended"]),
        (people.DECLINES, people.LISTENS, "first_failed", ["pair_ended"]),
        (people.LISTENS, people.NEVER_ANSWERS, "second_no_answer", ["pair_first_answered", "pair_ended"]),
        (people.LISTENS, people.UNAVAILABLE, "second_no_answer", ["pair_first_answered", "pair_ended"]),
        (people.LISTENS, people.BUSY, "second_busy", ["pair_first_answered", "pair_ended"]),
        (people.LISTENS, people.CONGESTED, "second_congested", ["pair_first_answered", "pair_ended"]),
        (people.LISTENS, people.DOES_NOT_EXIST, "second_failed", ["pair_first_answered", "pair_ended"]),
        (people.LISTENS, people.DECLINES, "second_failed", ["pair_first_answered", "pair_ended"]),
    ],
)
async def test_each_ends_failure_is_told_apart(own: Own, first: str, second: str, result: str, told: list[str]) -> None:
    placed = await pair(own, first, second, ring_seconds=2)
    ended = await in_state(own, placed["id"], "ended")
    assert (ended["result"], ended["connected"], ended["seconds"]) == (result, None, 0.0)
    assert await stages(own, placed["id"]) == told
    reached = result.startswith("second")
    assert [leg["answered"] for leg in ended["legs"]] == ([True, False] if reached else [False])
    assert bool(ended["first_answered"]) is reached


async def test_a_first_party_that_hangs_up_before_the_second_one_answers_abandons_it(own: Own) -> None:
    placed = await pair(own, people.HANGS_UP, people.NEVER_ANSWERS)
    ended = await in_state(own, placed["id"], "ended")
    assert ended["result"] == "abandoned"
    assert [(leg["hung_up_by"], leg["cause"]) for leg in ended["legs"]] == [("far", "normal"), ("other", "cancelled")]


@pytest.mark.parametrize("private", [False, True], ids=["the first party's number", "the account's own"])
async def test_on_the_wire_the_second_party_sees_what_was_asked_for(
    own: Own, admin: Admin, carrier: MakeCarrier, private: bool
) -> None:
    owned, near, far = f"1415555{secrets.randbelow(10**4):04d}", await carrier(), await carrier()
    await admin.ask("POST", f"accounts/{own.account.name}/callers", {"number": owned})
    async with near.answers("uas_answer") as first, far.answers("uas_answer") as second:
        placed = await pair(own, near.number(), far.number(), caller=owned, private=private)
        await in_state(own, placed["id"], "connected")
        await cancel(own, placed["id"])
        seen_first, seen_second = await first.done(), await second.done()
    await admin.ask("POST", f"accounts/{own.account.name}/callers", {"number": owned, "verified": False})
    shown = owned if private else near.number()
    assert owned in seen_first.header("INVITE", "From")
    assert shown in seen_second.header("INVITE", "From") and shown in seen_second.header(
        "INVITE", "P-Asserted-Identity"
    )
    assert far.number() not in seen_first.messages, "the first party never learns of the second one's number"
    if private:
        assert near.number() not in seen_second.messages, "nor the second one of the first one's"


async def test_a_private_pair_of_an_account_without_a_number_shows_none(
    admin: Admin, own: Own, system: System, carrier: MakeCarrier
) -> None:
    line, account = await carrier(), make_account(admin)
    await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{line.prefix}"})
    for each in (await admin.ask("GET", "numbers"))["numbers"]:
        if each["account"] == account.name:
            await admin.ask("DELETE", f"numbers/{each['number']}")
    own = Own(own.session, system, account)
    async with line.answers("uas_answer") as far:
        placed = await pair(own, people.LISTENS, line.number(), private=True)
        await in_state(own, placed["id"], "connected")
        await cancel(own, placed["id"])
        seen = await far.done()
    assert people.LISTENS not in seen.messages and "anonymous" in seen.header("INVITE", "From").lower()


async def test_the_first_party_hears_the_greeting_and_a_ringing_tone_while_the_second_one_rings(
    own: Own, sink: Sink, lab: LabEars
) -> None:
    second, hz = people.ANSWERS_AFTER_8_SECONDS, 620
    placed = await pair(own, people.LISTENS, second, greeting=[{"kind": "play", "source": sink.tone(hz, 1.5)}])
    call = await ringing(own, placed["id"])
    connected = await in_state(own, placed["id"], "connected")
    answered = moment((await own.ask("GET", f"calls/{call}"))[1]["answered"])
    assert answered - moment(connected["first_answered"]) > 7, "it rang while the greeting played"
    await cancel(own, placed["id"])
    heard = (await lab.of(placed["id"])).heard
    assert 0.0 <= heard.first(hz) < 1.5 and heard.lasted(hz) > 1.3
    assert heard.part(2.0, 3.0).holds(440, 480), "the ringing tone of the USA"


async def test_the_greeting_is_heard_to_its_end_before_the_two_are_connected(
    own: Own, sink: Sink, lab: LabEars
) -> None:
    (second, hz), *_ = people.speakers(1)
    placed = await pair(own, people.LISTENS, second, greeting=[{"kind": "play", "source": sink.tone(620, 3.0)}])
    await in_state(own, placed["id"], "connected")
    await asyncio.sleep(1.5)
    await cancel(own, placed["id"])
    heard = (await lab.of(placed["id"])).heard
    assert heard.lasted(620) > 2.5 and heard.part(heard.seconds - 1.0).has(hz)


async def test_a_pair_is_cancelled_while_its_first_party_rings(own: Own) -> None:
    placed = await pair(own, people.NEVER_ANSWERS, people.LISTENS)
    await until(lambda: own.call(placed["id"]), lambda seen: seen["state"] == "ringing")
    assert (await cancel(own, placed["id"]))["state"] == "calling"
    ended = await in_state(own, placed["id"], "ended")
    assert (ended["result"], len(ended["legs"])) == ("cancelled", 1)
    assert (await own.ask("DELETE", f"pairs/{placed['id']}"))[0] == 409, "it has ended"


async def test_a_pair_is_cancelled_while_its_second_party_rings(own: Own) -> None:
    placed = await pair(own, people.LISTENS, people.NEVER_ANSWERS)
    second = await ringing(own, placed["id"])
    assert (await cancel(own, placed["id"]))["state"] == "first_answered"
    ended = await in_state(own, placed["id"], "ended")
    assert ended["result"] == "cancelled"
    assert (await call_ended(own, second))["cause"] == "cancelled"
    assert await stages(own, placed["id"]) == ["pair_first_answered", "pair_ended"]


async def test_a_call_of_a_pair_that_is_hung_up_cancels_the_pair(own: Own) -> None:
    placed = await pair(own, people.LISTENS, people.NEVER_ANSWERS)
    await ringing(own, placed["id"])
    assert (await own.ask("DELETE", f"calls/{placed['id']}"))[0] == 204
    assert (await in_state(own, placed["id"], "ended"))["result"] == "cancelled"


async def test_a_scheduled_pair_is_placed_at_its_time(own: Own) -> None:
    at = time.time() + 3
    placed = await pair(own, people.LISTENS, people.BUSY, at=at)
    assert placed["state"] == "scheduled" and abs(moment(placed["at"]) - at) < 0.01
    assert (await own.ask("GET", f"calls/{placed['id']}"))[0] == 404
    ended = await in_state(own, placed["id"], "ended")
    assert ended["result"] == "second_busy"
    call = (await own.call(placed["id"]))["call"]
    assert 0 <= moment(call["created"]) - at < 1


async def test_a_scheduled_pair_is_cancelled_before_anybody_is_called_and_seen_by_nobody_else(
    own: Own, admin: Admin, system: System, carillon: Command
) -> None:
    placed = await pair(own, people.LISTENS, people.BUSY, at=time.time() + 3600)
    stranger = Own(own.session, system, make_account(admin))
    assert (await stranger.ask("GET", "pairs"))[1]["pairs"] == []
    there, none = [await stranger.ask("DELETE", f"pairs/{id}") for id in (placed["id"], "call-0-none")]
    assert there[0] == none[0] == 404 and there[1]["code"] == none[1]["code"] == "no_such_pair"
    cancelled = await cancel(own, placed["id"])
    assert (cancelled["state"], cancelled["result"], cancelled["legs"]) == ("ended", "cancelled", [])
    assert (await own.ask("DELETE", f"pairs/{placed['id']}"))[0] == 409
    assert (await carillon.json("pairs", "show", placed["id"]))["result"] == "cancelled"


@pytest.mark.parametrize("turn", range(5))
async def test_a_cancel_that_meets_the_start_of_a_pair_is_decided_once(own: Own, turn: int) -> None:
    """About the time that it is due: either nobody was called, or a call was ended; one end is told, in either case."""
    at = time.time() + 1.5
    placed = await pair(own, people.NEVER_ANSWERS, people.LISTENS, at=at)
    await asyncio.sleep(at - time.time() + (turn - 1) * 0.01)
    answered = await cancel(own, placed["id"])
    ended = await in_state(own, placed["id"], "ended")
    assert ended["result"] == "cancelled"
    status, _ = await own.ask("GET", f"calls/{placed['id']}")
    assert status == (200 if ended["legs"] else 404)
    assert answered["state"] != "ended" or status == 404


async def test_what_the_second_party_is_refused_for_is_known_before_the_first_one_is_called(
    own: Own, admin: Admin, system: System
) -> None:
    account = make_account(admin)
    mine = Own(own.session, system, account)
    good = {"first": people.LISTENS, "second": people.BUSY}
    refused = [
        ({"second": "+99912345678"}, 403, "number_refused"),
        ({"second": "911"}, 403, "number_refused"),
        ({"second": "+1 201 555 01 00"}, 400, "pair_refused"),
        ({"second_caller": "4930123456"}, 403, "caller_refused"),
        ({"caller": "4930123456"}, 403, "caller_refused"),
        ({"at": time.time() - 5}, 400, "pair_refused"),
        ({"at": time.time() + 400 * 86400}, 400, "pair_refused"),
        ({"ringback": "Berlin"}, 400, "pair_refused"),
        ({"max_seconds": 0}, 400, "bad_request"),
        ({"greeting": [{"kind": "hang_up"}]}, 400, "bad_request"),
    ]
    for change, status, code in refused:
        answer = await mine.ask("POST", "pairs", json=good | change)
        assert (answer[0], answer[1]["code"]) == (status, code), (change, answer)
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": 1})
    assert (await mine.ask("POST", "pairs", json=good))[1]["code"] == "limit_reached"
    assert (await mine.ask("GET", "calls"))[1]["calls"] == []
    assert (await mine.ask("GET", "pairs"))[1]["pairs"] == []


async def test_both_calls_are_charged(own: Own, admin: Admin, system: System, rates: str) -> None:
    mine = Own(own.session, system, make_account(admin, currency=rates))
    placed = await pair(mine, people.LISTENS, people.HANGS_UP)
    ended = await in_state(mine, placed["id"], "ended")
    prices = [float(leg["price"]) for leg in ended["legs"]]
    assert all(price >= 0.06 for price in prices), "the first 6 s of 0.60 a minute"
    assert float(ended["price"]) == pytest.approx(sum(prices)) and ended["currency"] == rates


async def test_a_pair_is_placed_listed_and_cancelled_on_the_command_line(
    own: Own, account: Account, carillon: Command
) -> None:
    numbers = (people.LISTENS, people.NEVER_ANSWERS)
    id = (await carillon("pairs", "place", *numbers, "--account", account.name, "--say", "Please wait.")).strip()
    await ringing(own, id)
    listed = await carillon.json("pairs", "list", "--account", account.name)
    assert [(one["first"], one["second"], one["account"]) for one in listed if one["id"] == id] == [
        (*numbers, account.name)
    ]
    await carillon("pairs", "cancel", id)
    await in_state(own, id, "ended")
    assert "second_busy" not in await carillon("pairs", "show", id)
    assert (await carillon.run("pairs", "cancel", id)).status
