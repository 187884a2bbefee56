"""Carriers that do not carry a call: which is tried next and when, and what is told of each."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.features.trunks.options import LOOK_SECONDS
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier, MakeNumber, MakePhone
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.phone import PhoneFailed
from tests.support.routes import WITHIN, routes_of, seconds_to_the_second
from tests.support.scenario import Carrier, call_ended, in_state, until
from tests.support.sink import Sink
from tests.support.sip_caller import SipCaller
from tests.support.sipp import Sipp
from tests.support.system import System


async def two(carrier: MakeCarrier, **fields: Any) -> tuple[Carrier, Carrier]:
    first = await carrier(priority=1, **fields)
    return first, await carrier(prefix=first.prefix, priority=2)


async def routes(own: Own, call: str) -> list[tuple[str, str]]:
    """Each trunk that was dialled for a call, and each that failed, in their order."""
    return routes_of(await own.call(call))


async def test_a_carrier_that_answers_options_and_no_invite_is_passed_over_in_3_s_and_remembered(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    dead, spare = await two(carrier)
    async with spare.answers("uas_reject", keys={"code": "486"}, calls=2) as far:
        call = await ringful.call(callee=dead.number(), callbackUrl=sink.url())
        ended = await call_ended(own, call)
        assert (ended["trunk"], ended["cause"]) == (spare.name, "busy")
        assert await routes(own, call) == [(dead.name, "dialled"), (dead.name, "no_response"), (spare.name, "dialled")]
        assert seconds_to_the_second(await own.call(call)) < WITHIN

        again = await ringful.call(callee=dead.number(), callbackUrl=sink.url())
        assert (await call_ended(own, again))["cause"] == "busy"
        assert await routes(own, again) == [(spare.name, "dialled")], "the dead one is tried last now"
        await far.done()


async def test_with_a_short_time_to_ring_the_second_carrier_is_still_tried(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    dead, spare = await two(carrier)
    async with spare.answers("uas_answer") as far:
        call = await ringful.call(callee=dead.number(), callbackUrl=sink.url(), dialTimeout=20)
        await sink.until("CallEstablished", callId=call)
        await ringful.hangup(callId=call)
        await far.done()


async def test_a_carrier_that_says_trying_may_take_its_time_to_ring(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    slow, spare = await two(carrier)
    keys = {"code": "486", "trying": "6000"}
    async with slow.answers("uas_trying", keys=keys) as far, spare.answers("uas_answer") as idle:
        call = await ringful.call(callee=slow.number(), callbackUrl=sink.url())
        ended = await call_ended(own, call)
        assert (ended["trunk"], ended["cause"]) == (slow.name, "busy")
        assert "INVITE" not in idle.messages()
        await far.done()


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("607", "unwanted"), ("608", "blocked"), ("433", "anonymity_refused"), ("428", "identity_refused"),
        ("436", "identity_refused"), ("604", "unknown_number"), ("482", "loop"), ("403", "forbidden"),
    ],
)  # fmt: skip
async def test_what_is_said_of_the_call_is_final_and_told_as_it_is(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, code: str, cause: str
) -> None:
    first, spare = await two(carrier)
    async with first.answers("uas_reject", keys={"code": code}) as far, spare.answers("uas_answer") as idle:
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        ended = await call_ended(own, call)
        assert (ended["cause"], ended["sip_status"], ended["hung_up_by"]) == (cause, int(code), "far")
        await far.done()
        assert "INVITE" not in idle.messages()


@pytest.mark.parametrize("code", ["300", "301", "302", "305", "380"])
async def test_a_redirection_is_told_and_not_followed(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, code: str
) -> None:
    first, spare = await two(carrier)
    premium = await carrier()  # the number that is named there, +1 900, the account may not call
    keys = {"code": code, "contact": f"sip:19005550100@{premium.address}:{premium.port}"}
    async with (
        first.answers("uas_redirect", keys=keys) as far,
        spare.answers("uas_answer") as idle,
        premium.answers("uas_answer") as dear,
    ):
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        ended = await call_ended(own, call)
        assert (ended["cause"], ended["sip_status"]) == ("redirected", int(code))
        await far.done()
        assert "INVITE" not in idle.messages() + dear.messages()


@pytest.mark.parametrize(
    ("code", "reason"), [("402", "payment_required"), ("580", "network_error"), ("401", "forbidden")]
)
async def test_what_a_carrier_says_of_itself_is_noted_and_the_next_one_is_tried(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, code: str, reason: str
) -> None:
    first, spare = await two(carrier)
    async with first.answers("uas_reject", keys={"code": code}), spare.answers("uas_reject", keys={"code": "486"}):
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        ended = await call_ended(own, call)
        assert (ended["trunk"], ended["cause"]) == (spare.name, "busy")
        assert await routes(own, call) == [(first.name, "dialled"), (first.name, reason), (spare.name, "dialled")]


@pytest.mark.long
async def test_a_session_that_is_not_refreshed_ends_as_expired_and_by_nobody(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    async with far.answers("uas_session_timer", seconds=120) as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await in_state(own, call, "answered")
        ended = await call_ended(own, call, within=100)
        assert (ended["cause"], ended["hung_up_by"], ended["sip_status"]) == ("session_expired", "network", None)
        await line.done()


async def test_a_trunk_has_so_many_calls_at_once_and_what_is_left_over_ends_with_a_sentence(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    only = await carrier(routing={"max_calls": 1})
    async with only.answers("uas_answer") as far:
        call = await ringful.call(callee=only.number(), callbackUrl=sink.url())
        await sink.until("CallEstablished", callId=call)
        second = await ringful.call(callee=only.number("02"), callbackUrl=sink.url())
        ended = await call_ended(own, second)
        assert (ended["cause"], ended["trunk"]) == ("over_limit", None)
        (passed,) = [one for one in (await own.call(second))["events"] if one["event"] == "route_failed"]
        assert (passed["reason"], passed["detail"]) == ("full", "It has 1 calls, its most at once.")
        await ringful.hangup(callId=call)
        await far.done()
        await call_ended(own, call)
    async with only.answers("uas_reject", keys={"code": "486"}) as far:
        third = await ringful.call(callee=only.number("03"), callbackUrl=sink.url())
        assert (await call_ended(own, third))["cause"] == "busy", "the place was given back"
        await far.done()


async def test_a_carrier_that_answers_no_options_is_called_all_the_same(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, admin: Admin
) -> None:
    first = await carrier(priority=1, signalling={"options_seconds": 5})
    first.front.is_silent = True
    spare = await carrier(prefix=first.prefix, priority=2)
    await admin.ask("PATCH", f"trunks/{first.name}", {"signalling": {"options_seconds": 6}})  # asked anew, in silence

    async def said() -> str:
        shown = await admin.ask("GET", f"trunks/{first.name}")
        return f"{shown['state']}: {' '.join(shown['warnings'])}"

    await until(said, lambda seen: "offline: It has answered no OPTIONS yet." in seen, 30, f"{first.name} is offline")
    async with first.answers("uas_reject", keys={"code": "486"}) as far, spare.answers("uas_answer") as idle:
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        assert (await call_ended(own, call))["cause"] == "busy"
        assert await routes(own, call) == [(first.name, "dialled")]
        await far.done()
        assert "INVITE" not in idle.messages()


async def test_a_trunk_that_stops_answering_options_is_tried_last_at_once(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, admin: Admin
) -> None:
    first, spare = await two(carrier, signalling={"options_seconds": 5})

    async def said() -> str:
        shown = await admin.ask("GET", f"trunks/{first.name}")
        return f"{shown['state']}: {' '.join(shown['warnings'])}"

    await until(said, lambda seen: seen.startswith("online"), 20, f"{first.name} is online")
    await asyncio.sleep(LOOK_SECONDS)  # the controller looks at the states as often
    first.front.is_silent = True
    await until(said, lambda seen: "It stopped answering OPTIONS" in seen, 30, f"{first.name} is offline")
    async with spare.answers("uas_reject", keys={"code": "486"}) as far:
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        assert (await call_ended(own, call))["cause"] == "busy"
        assert await routes(own, call) == [(spare.name, "dialled")]
        await far.done()


async def test_a_limit_that_is_set_while_calls_are_up_counts_them(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, admin: Admin
) -> None:
    only = await carrier()
    async with only.answers("uas_answer") as far:
        call = await ringful.call(callee=only.number(), callbackUrl=sink.url())
        await sink.until("CallEstablished", callId=call)
        await admin.ask("PATCH", f"trunks/{only.name}", {"routing": {"max_calls": 1}})
        second = await ringful.call(callee=only.number("02"), callbackUrl=sink.url())
        assert (await call_ended(own, second))["cause"] == "over_limit"
        await ringful.hangup(callId=call)
        await far.done()
        await call_ended(own, call)
    async with only.answers("uas_reject", keys={"code": "486"}) as far:
        third = await ringful.call(callee=only.number("03"), callbackUrl=sink.url())
        assert (await call_ended(own, third))["cause"] == "busy", "the place was given back"
        await far.done()


async def test_a_pbx_behind_a_trunk_whose_extension_has_our_extension_s_number_reaches_it(
    system: System, carrier: MakeCarrier, phone: MakePhone, number: MakeNumber
) -> None:
    pbx, ours = await carrier(), await phone()
    host, _, port = system.sip.partition(":")
    for task in ({"kind": "dial", "to": ours.number}, {"kind": "ring", "members": [ours.number]}):
        called = await number(tasks=[task])
        caller = SipCaller(host, int(port), address=pbx.address, caller=ours.number)
        calling = asyncio.create_task(caller.call(called, seconds=20))
        await ours.pick_up()
        await asyncio.wait_for(caller.up.wait(), 10)
        await ours.hang_up()
        assert (await calling).ended_by_peer is not None


async def test_the_cheapest_of_equal_trunks_is_tried_first_and_a_trunk_s_own_table_lets_the_next_one_be_tried(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own, carillon: Command, tmp_path: Path
) -> None:
    dear = await carrier(priority=5)
    cheap = await carrier(prefix=dear.prefix, priority=5, routing={"next_on": "default,403"})
    for trunk, price in ((dear, "0.50"), (cheap, "0.01")):
        file = tmp_path / f"{trunk.name}.csv"
        file.write_text(f"prefix,price,currency\n{dear.prefix},{price},CHF\n")
        await carillon("trunks", "costs", "load", trunk.name, str(file))
    async with cheap.answers("uas_reject", keys={"code": "403"}), dear.answers("uas_reject", keys={"code": "486"}):
        call = await ringful.call(callee=dear.number(), callbackUrl=sink.url())
        assert (await call_ended(own, call))["cause"] == "busy"
    assert await routes(own, call) == [(cheap.name, "dialled"), (cheap.name, "forbidden"), (dear.name, "dialled")]


async def test_a_number_that_dials_itself_by_its_carrier_goes_round_once(
    system: System, carrier: MakeCarrier, own: Own, admin: Admin, account: Account
) -> None:
    far = await carrier()
    number, keys = far.number("77"), {"caller": "12015550199", "code": "603"}
    wanted = {"number": number, "account": account.name, "tasks": [{"kind": "dial", "to": number}]}
    await admin.ask("POST", "numbers", wanted)
    try:
        async with (
            far.answers("uas_ring_forever") as ringing,
            Sipp("uac_refused", address=far.address, remote=system.sip, service=number, keys=keys) as first,
        ):
            await until(ringing_messages(ringing), lambda seen: "INVITE" in seen, what="the carrier has our leg")
            async with Sipp("uac_refused", address=far.address, remote=system.sip, service=number, keys=keys) as again:
                await again.done()
            await first.done()
            await ringing.done()

        async def causes() -> list[str | None]:
            _, listed = await own.ask("GET", "calls?limit=100")
            return [call["cause"] for call in listed["calls"] if call["callee"].removeprefix("+") == number]

        ended = await until(causes, lambda seen: len(seen) == 3 and all(seen), what="all calls have ended")
        assert ended == ["loop", "loop", "loop"]
    finally:
        await admin.ask("DELETE", f"numbers/{number}")


def ringing_messages(sipp: Sipp) -> Callable[[], Awaitable[str]]:
    async def look() -> str:
        return sipp.messages()

    return look


async def test_an_extension_that_dials_itself_is_refused_before_it_rings(phone: MakePhone) -> None:
    own = await phone()
    with pytest.raises(PhoneFailed, match="403"):
        await own.dial(own.number)
