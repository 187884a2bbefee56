"""Dial's two legs on a real Asterisk: what each hears while the other rings, what is shown, when both end."""

import asyncio
from typing import Any

import aiohttp
import pytest

from engine.events import CallEnded, CallRinging, RootEnded, TaskEnded
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.results import Completed, Dialled
from tests.asterisk.live_exchange import LiveExchange
from tests.support.audio import level, tone_level
from tests.support.far_end import Sound
from tests.support.lab import RunningLab
from tests.support.sip_caller import SipCaller
from tests.support.sip_listener import SipListener, header
from tests.support.system import System

LISTENS, TONE_440, BUSY, RINGS = "12015550100", "12015550101", "12015550104", "12015550105"


async def heard(exchange: LiveExchange, call: str) -> Sound:
    """What the lab's end of a call heard, once it has ended."""
    await exchange.ended(call)
    sip = (await exchange.stored(call)).sip_call_id
    assert sip
    return Sound.of((await RunningLab.of_environment().recorded(sip)).heard)


async def other_leg(exchange: LiveExchange, call: str) -> str:
    """The call that the first Dial of this one placed."""
    (dial,) = [row.id for row in await exchange.rows(call) if isinstance(row.task, Dial)]
    return dial.replace("task-", "call-")


async def test_an_answered_caller_hears_the_countrys_ringing_or_music(exchange: LiveExchange) -> None:
    async def tone(country: str, *hertz: float) -> None:
        call = await exchange.call(Dial(to=RINGS, leg=LegOptions(ring_seconds=3, ringback=country)), callee=LISTENS)
        ended = await exchange.ended(call.id)
        assert (ended.cause, ended.hung_up_by) == ("no_answer", "other")
        ringing = (await heard(exchange, call.id)).part(0.08, 0.38)  # the shortest of them rings for 0.4 s
        levels = {hz: round(tone_level(ringing.samples, ringing.rate, hz)) for hz in (400, 425, 440, 450, 480)}
        loudest = sorted(levels, key=lambda hz: -levels[hz])[: len(hertz)]
        assert sorted(loudest) == list(hertz) and min(levels[hz] for hz in hertz) > -35, f"{country}: {levels}"

    async def nothing() -> None:
        call = await exchange.call(Dial(to=RINGS, leg=LegOptions(ring_seconds=3)), callee=LISTENS)
        sound = await heard(exchange, call.id)
        assert level(sound.samples) < -60

    async def music() -> None:
        dial = Dial(to=RINGS, leg=LegOptions(ring_seconds=4, music="default", ringback="de"), hang_up_after=False)
        call = await exchange.call(dial, Pause(seconds=1), callee=LISTENS)
        await exchange.event(TaskEnded, subject=call.id, kind="pause")
        await exchange.hang_up(call.id)
        sound = await heard(exchange, call.id)
        assert level(sound.part(1.0, 4.0).samples) > -50 and not sound.has(425)
        assert level(sound.samples[-sound.rate // 2 :]) < -60, "it goes on after the dial"

    async with asyncio.TaskGroup() as group:
        for case in (tone("de", 425), tone("uk", 400, 450), tone("us", 440, 480), nothing(), music()):
            group.create_task(case)


async def test_the_tone_ends_when_the_other_answers_and_the_two_hear_each_other(exchange: LiveExchange) -> None:
    call = await exchange.call(Dial(to="12015550118", leg=LegOptions(ringback="de")), callee=TONE_440)
    ended = await exchange.event(TaskEnded, kind="dial")
    other = await other_leg(exchange, call.id)
    assert ended.outcome == Completed(Dialled(call=other, answered=True))
    await asyncio.sleep(1.5)
    await exchange.hang_up(call.id)
    mine, its = await heard(exchange, call.id), await heard(exchange, other)
    assert mine.has(425, 0.8) and level(mine.samples[-mine.rate :]) < -60
    assert its.lasted(440) > 1.0 and not its.has(425)


async def test_what_comes_before_is_heard_by_the_callee_alone(exchange: LiveExchange) -> None:
    dial = Dial(to=TONE_440, before_bridge=(Play(source="900"), Pause(seconds=0.3)))
    call = await exchange.call(dial, callee="12015550120")
    await exchange.event(TaskEnded, kind="dial")
    await asyncio.sleep(1.0)
    await exchange.hang_up(call.id)
    other = await other_leg(exchange, call.id)
    story = exchange.story(other)
    assert story[story.index("call answered") :][1:5] == [
        "play started", "play completed", "pause started", "pause completed",
    ]  # fmt: skip
    mine, its = await heard(exchange, call.id), await heard(exchange, other)
    assert its.has(1000, 0.7) and not mine.has(1000, 0.1)
    assert its.first(573) > its.first(1000) + 1.0, "the callee hears the caller before all of it was done"
    assert 0.5 < mine.lasted(440) < 1.7, "the caller hears the callee's tone only from the connecting on"


async def test_a_callee_who_hangs_up_before_is_not_connected(exchange: LiveExchange) -> None:
    dial = Dial(to="12015550110", before_bridge=(Pause(seconds=20),))
    call = await exchange.call(dial, callee=LISTENS, reports_tree=True)
    told = await exchange.event(RootEnded)
    assert (told.cause, told.hung_up_by, told.answered) == ("normal", "other", True)
    assert 2.5 < told.seconds < 3.8
    assert (await exchange.ended(call.id)).hung_up_by == "other"
    (dialled,) = [row.id for row in await exchange.rows(call.id) if isinstance(row.task, Dial)]
    bridges = [bridge.id for bridge in await exchange.client.bridges.list()]
    assert dialled.replace("task-", "bridge-") not in bridges


async def test_two_connected_end_when_their_time_is_over(exchange: LiveExchange) -> None:
    call = await exchange.call(Dial(to=TONE_440, max_seconds=2), callee=LISTENS, reports_tree=True)
    told = await exchange.event(RootEnded)
    assert (told.cause, told.hung_up_by, told.answered) == ("max_duration", "us", True)
    assert 1.9 < told.seconds < 2.6
    assert {ended.cause for ended in exchange.told_of(CallEnded)} == {"max_duration"}
    assert 1.7 < (await heard(exchange, call.id)).lasted(440) < 2.4


async def test_a_busy_callee_is_the_wholes_result(exchange: LiveExchange) -> None:
    await exchange.call(Dial(to=BUSY), callee=LISTENS, reports_tree=True)
    told = await exchange.event(RootEnded)
    assert (told.cause, told.hung_up_by, told.answered, told.seconds) == ("busy", "other", False, 0.0)


async def at_the_lab(sip_call_id: str | None) -> dict[str, Any]:
    """The lab's channel of a call that rings there."""
    running = RunningLab.of_environment()
    headers = {"Authorization": aiohttp.encode_basic_auth("carillon", running.ari_password)}
    url = f"{running.ari_url}/ari/channels"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
        channels: list[dict[str, Any]] = await response.json()
    (found,) = [one for one in channels if one["protocol_id"] == sip_call_id]
    return found


async def test_a_private_caller_is_anonymous_at_the_lab_and_another_is_not(exchange: LiveExchange) -> None:
    for private, shown in ((False, "12015550101"), (True, "anonymous")):
        dial = Dial(to=RINGS, leg=LegOptions(caller="12015550101", private=private))
        call = await exchange.call(dial, callee=LISTENS)
        other = await other_leg(exchange, call.id)
        await exchange.event(CallRinging, subject=other)
        caller = (await at_the_lab((await exchange.stored(other)).sip_call_id))["caller"]
        assert (caller["number"] or "anonymous") == shown, caller
        assert private is ("12015550101" not in str(caller))
        await exchange.hang_up(call.id)
        await exchange.ended(other)


async def test_a_sip_address_is_called_with_headers_and_without_its_caller(exchange: LiveExchange) -> None:
    async with SipListener() as listener:
        headers = (("X-Order", 'a, "b"; c=ü'), ("X-Tenant", "acme"))
        leg = LegOptions(reach="sip", caller="12015550101", private=True, headers=headers)
        dial = Dial(to=f"anna@{listener.place}", leg=leg, hang_up_after=False)
        call = await exchange.call(dial, callee=LISTENS)
        invite = await listener.invite()
        ended = await exchange.event(TaskEnded, kind="dial")
        await exchange.hang_up(call.id)
    assert invite.startswith(f"INVITE sip:anna@{listener.place} SIP/2.0")
    assert header(invite, "X-Order") == 'a, "b"; c=ü'
    assert header(invite, "X-Tenant") == "acme"
    assert "anonymous@anonymous.invalid" in (header(invite, "From") or "")
    assert "12015550101" not in invite
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Dialled)
    assert ended.outcome.result.cause == "busy"


@pytest.mark.parametrize("name", ["carillon-sip", "nobody"])
async def test_nobody_comes_in_by_the_endpoint_of_sip_addresses(name: str) -> None:
    host, port = System.described().sip.split(":")
    called = await SipCaller(host, int(port), caller=name).call("500", seconds=3)
    assert called.status == 401, "what it claims to be is asked for a password that there is not"
