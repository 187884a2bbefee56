"""Dial: a second leg, and the two connected."""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.commands import HangUpCall
from engine.events import CallEnded, TaskEnded, TaskStarted
from engine.model.call import Call
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.results import Completed, Dialled, Failed
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

DIAL = Dial(to="12015550199")


async def dialling(exchange: Exchange, asterisk: FakeAri, *tasks: Dial | Pause | Play) -> tuple[str, str]:
    """A call that came in and dials: it, and the other one."""
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=tasks)
    asterisk.incoming("in-1", ["inbound", "500"], number="12015550101")
    dialled = await asterisk.asked("POST", "/channels/*/dial")
    started = await exchange.event(TaskStarted, kind="dial")
    await settled()
    return started.subject, dialled.path.split("/")[2]


async def test_the_caller_hears_ringing_and_is_connected_when_the_other_answers(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, DIAL, Pause(seconds=3))
    assert asterisk.was_asked("POST", "/channels/in-1/ring")
    assert not asterisk.was_asked("POST", "/channels/in-1/answer")
    asterisk.rings(other)
    await settled()
    asterisk.picks_up(other)
    ended = await exchange.event(TaskEnded, kind="dial")
    assert ended.outcome == Completed(Dialled(call=other, answered=True))
    assert asterisk.was_asked("POST", "/channels/in-1/answer")
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", other]
    await exchange.event(TaskEnded, kind="pause")  # the queue goes on
    leg = await exchange.stored(other)
    assert (leg.root, leg.callee, leg.caller) == (one, "12015550199", "12015550101")
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(other)).hung_up_by == "other"
    await exchange.ended(one)
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}


async def test_busy_passes_its_cause_to_the_caller(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL, Pause(seconds=3))
    asterisk.hangs_up(other, 17, 486)
    ended = await exchange.ended(one)
    assert (ended.cause, ended.answered) == ("busy", False)
    asked = [one for one in asterisk.requests if (one.method, one.path) == ("DELETE", "/channels/in-1")]
    assert asked[0].query["reason_code"] == "17"
    assert "pause discarded call_ended" in exchange.story(one)


async def test_busy_lets_the_queue_go_on_where_that_is_wanted(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", hang_up_after=False), Play(source="http://host/a.wav"))
    asterisk.hangs_up(other, 17, 486)
    await exchange.played()
    ended = exchange.told_of(TaskEnded, kind="dial")[0]
    assert ended.outcome == Completed(Dialled(call=other, answered=False, cause="busy"))
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_the_caller_gives_up_while_the_other_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.rings(other)
    await settled()
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(other)).cause == "cancelled"
    await exchange.ended(one)
    assert "dial stopped call_ended" in exchange.story(one)
    assert asterisk.world.channels == {}


async def test_the_caller_gives_up_while_the_other_channel_is_made(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(DIAL,))
    held = asterisk.hold("POST", "/channels/create")
    asterisk.incoming("in-1", ["inbound", "500"])
    await held.reached.wait()
    await settled()
    asterisk.hangs_up("in-1")
    await settled()
    assert held.gate
    held.gate.set()
    await exchange.event(CallEnded, times=2)
    await settled()
    assert asterisk.world.channels == {} and exchange.admission.places == set()


@pytest.mark.parametrize("hang_up_after", [True, False])
async def test_the_other_hangs_up(exchange: Exchange, asterisk: FakeAri, hang_up_after: bool) -> None:
    tasks = (Dial(to="2", hang_up_after=hang_up_after), Pause(seconds=1), Play(source="http://host/a.wav"))
    one, other = await dialling(exchange, asterisk, *tasks)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    asterisk.hangs_up(other)
    await exchange.ended(other)
    if not hang_up_after:
        playback = await exchange.played()
        assert asterisk.world.playbacks[playback]["target_uri"] == "channel:in-1"
        assert asterisk.world.bridges == {}
        asterisk.hangs_up("in-1")
    assert (await exchange.ended(one)).hung_up_by == ("other" if hang_up_after else "far")


async def test_what_is_queued_behind_a_dial_that_continues_waits_until_the_other_hangs_up(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    tasks = (Dial(to="2", continue_after=True), Play(source="http://host/a.wav"))
    one, other = await dialling(exchange, asterisk, *tasks)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await asyncio.sleep(60)
    assert asterisk.world.playbacks == {}
    asterisk.hangs_up(other)
    playback = await exchange.played()
    assert asterisk.world.playbacks[playback]["target_uri"] == "channel:in-1" and asterisk.world.bridges == {}
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="play")
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(one)).hung_up_by == "far"


async def test_a_dial_that_continues_ends_the_other_leg_when_their_time_is_over(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    tasks = (Dial(to="2", continue_after=True, max_seconds=30), Play(source="http://host/a.wav"))
    one, other = await dialling(exchange, asterisk, *tasks)
    asterisk.picks_up(other)
    assert (await exchange.ended(other)).cause == "max_duration"
    await exchange.played()
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_a_dial_that_continues_ends_the_other_leg_with_this_one(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", continue_after=True), Play(source="http://host/a.wav"))
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(other)).hung_up_by == "other"
    await exchange.ended(one)
    assert "play discarded call_ended" in exchange.story(one)
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.playbacks == {}


async def test_a_party_that_is_not_reached_ends_a_call_that_would_have_continued(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", continue_after=True), Play(source="http://host/a.wav"))
    asterisk.hangs_up(other, 17, 486)
    assert (await exchange.ended(one)).cause == "busy"
    assert asterisk.world.playbacks == {}


@pytest.mark.parametrize("hangs_up_meanwhile", [False, True])
async def test_a_dial_that_continues_does_so_over_a_change_of_controllers(
    exchange: Exchange, asterisk: FakeAri, hangs_up_meanwhile: bool
) -> None:
    tasks = (Dial(to="2", continue_after=True), Play(source="http://host/a.wav"))
    one, other = await dialling(exchange, asterisk, *tasks)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    await exchange.leave()
    if hangs_up_meanwhile:
        asterisk.hangs_up(other)
    await exchange.start()
    if not hangs_up_meanwhile:
        await asyncio.sleep(60)
        assert asterisk.world.playbacks == {}
        asterisk.hangs_up(other)
    playback = await exchange.played()
    assert asterisk.world.playbacks[playback]["target_uri"] == "channel:in-1" and asterisk.world.bridges == {}
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_a_prompt_to_one_of_two_connected_is_whispered(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL, Play(source="http://host/a.wav"))
    asterisk.picks_up(other)
    playback = await exchange.played()
    assert asterisk.world.playbacks[playback]["target_uri"] == f"channel:snoop-{playback}"
    assert (await asterisk.asked("POST", "/channels/in-1/snoop/*")).query["whisper"] == "out"
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="play")
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)


async def test_a_number_that_may_not_be_called_fails_and_hangs_up(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.refused.add("911")
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(Dial(to="911"),))
    asterisk.incoming("in-1", ["inbound", "500"])
    ended = await exchange.event(CallEnded)
    assert ended.cause == "not_allowed"
    outcome = exchange.told_of(TaskEnded)[0].outcome
    assert isinstance(outcome, Failed) and outcome.reason == "not_allowed"


async def test_a_call_that_we_placed_dials_too(exchange: Exchange, asterisk: FakeAri) -> None:
    call: Call = await exchange.call(DIAL)
    other = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    await exchange.ended(other)
    await exchange.ended(call.id)
    await settled()
    assert asterisk.world.bridges == {}


async def test_a_call_that_we_placed_dials_once_it_is_answered(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(DIAL)
    asterisk.rings(call.id)
    await asyncio.sleep(20)
    assert asterisk.world.channels.keys() == {call.id}
    asterisk.picks_up(call.id)
    await asterisk.asked("POST", "/channels/*/dial", 2)
    asterisk.hangs_up(call.id)
    await exchange.event(CallEnded, times=2)


async def test_the_other_answers_and_is_gone_before_they_are_connected(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    asterisk.hangs_up(other)
    await exchange.ended(other)
    await exchange.ended(one)
    await settled()
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}


async def test_two_connected_calls_stay_connected_when_the_controller_leaves(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    await exchange.leave()
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", other]
    await exchange.start()
    asterisk.hangs_up(other)
    assert (await exchange.ended(one)).hung_up_by == "other"
    await settled()
    assert asterisk.world.bridges == {}


async def test_a_dial_goes_on_when_the_controller_changes(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.rings(other)
    await settled()
    await exchange.leave()
    assert asterisk.world.channels.keys() == {"in-1", other}
    await exchange.start()
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", other]
    asterisk.hangs_up(other)
    await exchange.ended(one)
