"""When Asterisk is asked to send silence, and when it must not: never in a bridge, and not for calls that only play."""

import asyncio

import pytest

from engine.calls.silence import AGAIN_SECONDS, QUIET_SECONDS, RESTORED_SECONDS
from engine.events import TaskEnded, TaskStarted
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange
from tests.support.exchange import Left as LeftTask

A, B = Play(source="http://host/a.wav"), Play(source="http://host/b.wav")
LONGER = 2 * QUIET_SECONDS


def silences(asterisk: FakeAri, call: str) -> list[str]:
    """What was asked of the silence on a call's channel: POST begins it, DELETE ends it."""
    return [one.method for one in asterisk.requests if one.path == f"/channels/{call}/silence"]


def bridging(asterisk: FakeAri, call: str) -> list[str]:
    """The same, and when it was put into a bridge."""
    wanted = {f"/channels/{call}/silence": "silence", "addChannel": "bridge"}
    return [
        f"{one.method} {what}"
        for one in asterisk.requests
        for end, what in wanted.items()
        if one.path.endswith(end) and (what == "silence" or one.query.get("channel") == call)
    ]


async def over(exchange: Exchange, asterisk: FakeAri, call: str) -> None:
    asterisk.hangs_up(call)
    await exchange.ended(call)


async def test_a_call_that_only_plays_costs_no_request_for_it(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(A, B, HangUp())
    for times in (1, 2):
        playback = await exchange.played(times=times)
        await asyncio.sleep(5)
        asterisk.finishes(playback)
        await settled()
    await exchange.ended(call.id)
    assert silences(asterisk, call.id) == []


async def test_it_begins_a_moment_after_the_answer_and_after_each_prompt(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    assert silences(asterisk, call.id) == []
    await asyncio.sleep(LONGER)
    assert silences(asterisk, call.id) == ["POST"]
    await exchange.enqueue(call.id, A, WaitForDigits())
    asterisk.finishes(await exchange.played())
    await exchange.event(TaskStarted, kind="wait_for_digits")
    await asyncio.sleep(60)
    assert silences(asterisk, call.id) == ["POST", "POST"], "the prompt took its place, and does not bring it back"
    await over(exchange, asterisk, call.id)


async def test_it_is_ended_before_the_call_enters_a_conference_and_is_back_after_it(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Pause(seconds=1), JoinConference(name="room"))
    await exchange.event(TaskStarted, kind="join_conference")
    await asyncio.sleep(60)
    assert bridging(asterisk, call.id) == ["POST silence", "DELETE silence", "POST bridge"]
    await over(exchange, asterisk, call.id)


async def test_it_is_ended_before_two_are_connected_and_their_bridge_stays_without_it(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Dial(to="12015550101"), callee="12015550102")
    other = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    await asyncio.sleep(5)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await asyncio.sleep(60)
    assert bridging(asterisk, call.id) == ["POST silence", "DELETE silence", "POST bridge"]
    assert bridging(asterisk, other) == ["POST bridge"]
    await over(exchange, asterisk, call.id)


async def test_one_that_is_still_on_its_way_is_waited_for_before_the_bridge(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    late = asterisk.hold("POST", "/channels/*/silence")
    call = await exchange.call(Pause(seconds=LONGER), JoinConference(name="room"))
    await late.reached.wait()
    await asyncio.sleep(1)
    assert not asterisk.was_asked("POST", "/bridges/*/addChannel")
    late.gate.set()  # type: ignore[union-attr]
    await exchange.event(TaskStarted, kind="join_conference")
    assert bridging(asterisk, call.id) == ["POST silence", "DELETE silence", "POST bridge"]
    await over(exchange, asterisk, call.id)


async def test_music_for_who_waits_is_begun_when_the_silence_has_ended(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="12015550101", leg=LegOptions(music="music1"), hang_up_after=False)
    call = await exchange.call(Pause(seconds=1), dial)
    other = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    await asyncio.sleep(5)
    asterisk.hangs_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await asyncio.sleep(LONGER)
    own = [one for one in asterisk.requests if one.path in (f"/channels/{call.id}/moh", f"/channels/{call.id}/silence")]
    assert [(one.method, one.path.rpartition("/")[2]) for one in own] == [
        ("POST", "silence"), ("DELETE", "silence"), ("POST", "moh"), ("DELETE", "moh"), ("POST", "silence"),
    ]  # fmt: skip
    await over(exchange, asterisk, call.id)


@pytest.mark.parametrize(("status", "times"), [(500, 2), (404, 1)])
async def test_it_is_asked_for_again_where_asterisk_failed_and_not_where_the_call_is_over(
    exchange: Exchange, asterisk: FakeAri, status: int, times: int
) -> None:
    asterisk.refuse("POST", "/channels/*/silence", status)
    call = await exchange.call()
    await asyncio.sleep(AGAIN_SECONDS + LONGER)
    assert silences(asterisk, call.id) == ["POST"] * times
    await over(exchange, asterisk, call.id)


async def test_a_call_of_an_earlier_controller_gets_it_when_it_is_surely_in_no_bridge(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(LeftTask(task=WaitForDigits(id="task-1")))
    await exchange.start()
    await asyncio.sleep(RESTORED_SECONDS / 2)
    assert silences(asterisk, call.id) == []
    await asyncio.sleep(RESTORED_SECONDS)
    assert silences(asterisk, call.id) == ["POST"]
    await exchange.enqueue(call.id, JoinConference(name="room"))
    asterisk.presses(call.id, "1")
    await exchange.event(TaskStarted, kind="join_conference")
    assert bridging(asterisk, call.id) == ["POST silence", "DELETE silence", "POST bridge"]
    await over(exchange, asterisk, call.id)
