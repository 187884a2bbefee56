"""Park: the intro once, the hold again and again, and its ends. And Answer, which does nothing but answer."""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.commands import StopTasks
from engine.events import CallEnded, TaskEnded
from engine.tasks.answer import Answer
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.say import Say
from engine.tasks.task import TaskState
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange, Left

INTRO, HOLD = Say(text="wait"), Play(source="http://host/music.wav")
BAD = Play(source="http://host/missing.wav")


def sounds(asterisk: FakeAri) -> list[str]:
    asked = (one.query["media"] for one in asterisk.requests if "/play/" in one.path)
    return [media.rpartition("/")[2] for media in asked]


async def test_the_intro_is_played_once_and_the_hold_until_it_is_stopped(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Park(intro=(INTRO,), hold=(HOLD,)), Pause(seconds=1))
    for times in (1, 2, 3):
        playback = await exchange.played(times=times)
        await asyncio.sleep(20)
        asterisk.finishes(playback)
    await exchange.played(times=4)
    assert sounds(asterisk) == ["wait", "music", "music", "music"]
    await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="park"))
    await exchange.event(TaskEnded, kind="pause")
    assert asterisk.world.playbacks == {}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert "park stopped requested" in exchange.story(call.id)


async def test_after_its_time_the_call_is_hung_up(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Park(intro=(INTRO,), max_seconds=30))
    began = exchange.clock()
    asterisk.finishes(await exchange.played())
    ended = await exchange.ended(call.id)
    assert exchange.clock() - began == pytest.approx(30, abs=0.2)
    assert (ended.cause, ended.hung_up_by) == ("max_duration", "us")
    assert "park completed" in exchange.story(call.id)


async def test_the_prompt_that_plays_at_the_end_of_its_time_is_heard_to_its_end_and_no_other(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Park(intro=(INTRO,), hold=(HOLD, HOLD), max_seconds=30))
    asterisk.finishes(await exchange.played())
    playback = await exchange.played(times=2)
    await asyncio.sleep(40)
    assert not exchange.told_of(CallEnded)
    asterisk.finishes(playback)
    ended = await exchange.ended(call.id)
    assert (ended.cause, sounds(asterisk)) == ("max_duration", ["wait", "music"])


async def test_prompts_that_cannot_be_played_are_left_out_and_nobody_is_dropped(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Park(intro=(BAD,), hold=(BAD, HOLD), max_seconds=30))
    asterisk.finishes(await exchange.played())
    playback = await exchange.played(times=2)
    assert sounds(asterisk) == ["music", "music"]
    await asyncio.sleep(30)
    asterisk.finishes(playback)
    ended = await exchange.ended(call.id)
    assert ended.cause == "max_duration"


async def test_a_hold_that_fails_at_once_is_tried_once_a_second(exchange: Exchange, asterisk: FakeAri) -> None:
    for _ in range(20):
        asterisk.refuse("POST", "/channels/*/play/*", 500)
    call = await exchange.call(Park(hold=(HOLD,), max_seconds=10))
    await exchange.ended(call.id)
    assert 5 <= len(sounds(asterisk)) <= 11


async def test_nothing_to_play_is_silence(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Park(max_seconds=10))
    await exchange.ended(call.id)
    assert sounds(asterisk) == []


async def test_the_far_party_hangs_up(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Park(intro=(INTRO,), hold=(HOLD,)))
    await exchange.played()
    asterisk.hangs_up(call.id)
    ended = await exchange.ended(call.id)
    assert ended.hung_up_by == "far" and "park stopped call_ended" in exchange.story(call.id)


async def test_after_a_restart_the_hold_goes_on_and_the_time_runs_since_the_beginning(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    task = Park(id="task-1", intro=(INTRO,), hold=(HOLD,), max_seconds=30)
    call = await exchange.left_behind(Left(task=task, state=TaskState.RUNNING, ago=20))
    exchange.put_playback("task-1-1", call.id)
    await exchange.start()
    began = exchange.clock()
    await exchange.played()
    await settled()
    assert sounds(asterisk) == ["music"] and list(asterisk.world.playbacks) == ["task-1-0"]
    await asyncio.sleep(9)
    asterisk.finishes("task-1-0")
    await asyncio.sleep(0.5)
    asterisk.finishes(await exchange.played(times=2))
    await exchange.ended(call.id)
    assert exchange.clock() - began == pytest.approx(10, abs=0.2)


async def test_an_inbound_call_is_answered_by_a_task_that_does_only_that(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(Answer(), Pause(seconds=5)))
    asterisk.incoming("in-1", ["inbound", "500"])
    await asterisk.asked("POST", "/channels/in-1/answer")
    ended = await exchange.event(TaskEnded, kind="pause")
    assert exchange.story(ended.subject)[:2] == ["call answered", "answer completed"]
    asterisk.hangs_up("in-1")
    await exchange.ended(ended.subject)
