"""Calls whose party sends no RTP that is taken: their sessions are refreshed, and no others."""

import asyncio

from engine.calls.media_watch import AGAIN_SECONDS, LOOK_SECONDS
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange

REFRESH = "PJSIP_SEND_SESSION_REFRESH()"
HELD = "CHANNEL(rtp,hold,audio)"


def refreshes(asterisk: FakeAri, call: str) -> int:
    """How often a call's session was refreshed."""
    asked = [one for one in asterisk.requests if (one.method, one.path) == ("POST", f"/channels/{call}/variable")]
    return sum(one.query["variable"] == REFRESH for one in asked)


async def test_a_party_that_is_heard_is_left_alone(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    await asyncio.sleep(6 * LOOK_SECONDS)
    assert refreshes(asterisk, call.id) == 0


async def test_a_party_that_falls_silent_is_asked_again_and_again_until_it_is_heard(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call()
    await asyncio.sleep(2.5 * LOOK_SECONDS)
    asterisk.sends(call.id, 0, 0)
    await asyncio.sleep(LOOK_SECONDS)
    assert refreshes(asterisk, call.id) == 1
    await asyncio.sleep(2 * AGAIN_SECONDS)
    assert refreshes(asterisk, call.id) == 3
    asterisk.sends(call.id, 10, 1600)
    await asyncio.sleep(6 * LOOK_SECONDS)
    assert refreshes(asterisk, call.id) == 3


async def test_a_party_that_holds_the_call_is_left_alone(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    asterisk.world.variables[call.id, HELD] = "1"
    asterisk.sends(call.id, 0, 0)
    await asyncio.sleep(6 * LOOK_SECONDS)
    assert refreshes(asterisk, call.id) == 0


async def test_nobody_is_asked_before_the_answer(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled()
    asterisk.sends(call.id, 0, 0)
    await asyncio.sleep(2.5 * LOOK_SECONDS)
    assert refreshes(asterisk, call.id) == 0


async def test_a_prompt_that_plays_delays_it_for_no_other_call(exchange: Exchange, asterisk: FakeAri) -> None:
    hearing = await exchange.call(Play(source="http://host/a.wav"))
    playback = await exchange.played()
    other = await exchange.call()
    for call in (hearing, other):
        asterisk.sends(call.id, 0, 0)
    await asyncio.sleep(2 * LOOK_SECONDS + 1)
    assert refreshes(asterisk, other.id) == 1
    asterisk.finishes(playback)
    await settled()
    assert asterisk.world.variables[hearing.id, REFRESH] == "invite"
