"""A controller comes and finds the calls of one that was killed: each kind of task, in each phase.

Over 300 lines: its stories share one set of helpers, and each is short.
"""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.events import CallAnswered, CallEnded, CallOffered, TaskEnded, TaskStarted
from engine.model.call import CallState, Direction
from engine.store import recordings
from engine.store.recordings import RecordingRow
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Dialled
from engine.tasks.say import Say
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.task import Phase, TaskState
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange, Left

PLAY = Play(id="task-1", source="http://host/a.wav")
NEXT = Left(task=Play(id="task-2", source="http://host/b.wav"), state=TaskState.QUEUED)


async def finish(exchange: Exchange, asterisk: FakeAri, call: str) -> list[str]:
    asterisk.hangs_up(call)
    await exchange.ended(call)
    return exchange.story(call)


@pytest.mark.parametrize("task", [PLAY, Say(id="task-1", text="hello")])
async def test_a_prompt_that_still_plays_is_followed_and_not_played_again(
    stopped_exchange: Exchange, asterisk: FakeAri, task: Play | Say
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=task, phase=Phase.ACCEPTED), NEXT)
    exchange.put_playback("task-1", call.id)
    await exchange.start()
    await asyncio.sleep(3)
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    asterisk.finishes("task-1")
    assert await exchange.played() == "task-2"
    story = await finish(exchange, asterisk, call.id)
    kind = "play" if task is PLAY else "say"
    assert story[:2] == [f"{kind} completed", "play started"]


async def test_a_prompt_that_was_accepted_and_is_gone_has_ended(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=PLAY, phase=Phase.ACCEPTED), NEXT)
    await exchange.start()
    assert await exchange.played() == "task-2"
    assert (await finish(exchange, asterisk, call.id))[0] == "play completed"


@pytest.mark.parametrize("phase", [Phase.INTENDED, Phase.NONE])
async def test_a_prompt_that_may_not_have_been_asked_for_is_played(
    stopped_exchange: Exchange, asterisk: FakeAri, phase: Phase
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=PLAY, phase=phase, started=False), NEXT)
    await exchange.start()
    assert await exchange.played() == "task-1"
    asterisk.finishes("task-1")
    assert await exchange.played(times=2) == "task-2"
    assert (await finish(exchange, asterisk, call.id))[:2] == ["play started", "play completed"]


async def test_a_prompt_that_was_intended_and_plays_is_followed(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=PLAY, phase=Phase.INTENDED, started=False), NEXT)
    exchange.put_playback("task-1", call.id)
    await exchange.start()
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    asterisk.finishes("task-1")
    assert await exchange.played() == "task-2"
    assert (await finish(exchange, asterisk, call.id))[:2] == ["play started", "play completed"]


async def left_recording(exchange: Exchange, phase: Phase) -> str:
    call = await exchange.left_behind(Left(task=Record(id="task-1", name="x"), phase=phase), NEXT)
    row = RecordingRow(id="rec-1", account=ACCOUNT, owner=call.id, task="task-1", name="x", created=call.created)
    await exchange.database.transact(lambda conn: recordings.begin(conn, row))
    return call.id


async def test_a_recording_that_runs_is_followed(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await left_recording(exchange, Phase.ACCEPTED)
    exchange.put_channel("snoop-task-1", "Up", name="Snoop/x")
    exchange.asterisk.world.snoops["snoop-task-1"] = call
    exchange.put_recording("rec-1", "snoop-task-1")
    await exchange.start()
    assert await exchange.played() == "task-2"
    assert not asterisk.was_asked("POST", "/channels/*/record")
    story = await finish(exchange, asterisk, call)
    assert "record completed" in story and "record started" not in story


@pytest.mark.parametrize(("file", "outcome"), [(True, "record completed"), (False, "record failed recording_lost")])
async def test_a_recording_that_ended_meanwhile_is_kept_if_it_is_there(
    stopped_exchange: Exchange, asterisk: FakeAri, file: bool, outcome: str
) -> None:
    exchange = stopped_exchange
    call = await left_recording(exchange, Phase.ACCEPTED)
    if file:
        exchange.write_recording("rec-1")
    await exchange.start()
    await exchange.event(TaskEnded, task="task-1")
    await exchange.played()
    assert outcome in await finish(exchange, asterisk, call)


async def test_a_recording_that_may_not_have_been_asked_for_is_made(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await left_recording(exchange, Phase.INTENDED)
    await exchange.start()
    assert (await asterisk.asked("POST", "/channels/*/record")).query["name"] == "rec-1"
    await exchange.played()
    assert "record completed" in await finish(exchange, asterisk, call)


async def test_a_wait_has_what_was_left_of_its_time(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=WaitForDigits(id="task-1", seconds=30), ago=20))
    await exchange.start()
    began = exchange.clock()
    await exchange.event(TaskEnded)
    assert exchange.clock() - began == pytest.approx(10, abs=0.2)
    assert await finish(exchange, asterisk, call.id) == ["wait_for_digits completed  timed out", "ended normal by far"]


async def test_a_wait_whose_time_is_over_has_timed_out(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=WaitForDigits(id="task-1", seconds=10), ago=20), NEXT)
    await exchange.start()
    await exchange.played()
    assert (await finish(exchange, asterisk, call.id))[0] == "wait_for_digits completed  timed out"


async def test_a_pause_has_what_was_left_of_its_time(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=Pause(id="task-1", seconds=9), ago=5))
    await exchange.start()
    began = exchange.clock()
    await exchange.event(TaskEnded)
    assert exchange.clock() - began == pytest.approx(4, abs=0.2)
    await finish(exchange, asterisk, call.id)


async def test_a_detector_hears_again(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=DetectDtmf(id="task-1")), Left(task=WaitForDigits(id="task-2")))
    await exchange.start()
    asterisk.presses(call.id, "5")
    await exchange.event(TaskEnded, task="task-2")
    story = await finish(exchange, asterisk, call.id)
    assert story[:3] == ["detect_dtmf heard 5", "wait_for_digits heard 5", "wait_for_digits completed 5"]


async def test_digits_are_not_sent_twice(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=SendDtmf(id="task-1", digits="1")), NEXT)
    await exchange.start()
    await exchange.played()
    assert not asterisk.was_asked("POST", "/channels/*/dtmf")
    assert (await finish(exchange, asterisk, call.id))[0] == "send_dtmf stopped controller_lost"


async def test_a_hang_up_that_was_begun_is_done(stopped_exchange: Exchange) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=HangUp(id="task-1"), started=False))
    await exchange.start()
    assert (await exchange.ended(call.id)).hung_up_by == "us"


async def test_a_call_that_ended_meanwhile_ends_once(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=PLAY, phase=Phase.ACCEPTED), NEXT, channel=None)
    await exchange.start()
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.answered) == ("controller_lost", True)
    story = exchange.story(call.id)[:-1]
    assert len(story) == 2 and "play discarded call_ended" in story
    assert {"play completed", "play stopped call_ended"} & set(story)
    assert exchange.admission.places == set()


async def test_a_call_that_ended_with_its_asterisk(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(channel=None)
    asterisk.world.started = "2099-01-01T00:00:00.000+0000"
    await exchange.start()
    assert (await exchange.ended(call.id)).cause == "media_node_lost"


async def test_a_call_that_was_accepted_and_not_dialled_is_dialled(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(NEXT, state=CallState.QUEUED, channel=None)
    await exchange.start()
    await asterisk.asked("POST", f"/channels/{call.id}/dial")
    asterisk.picks_up(call.id)
    assert await exchange.played() == "task-2"
    story = await finish(exchange, asterisk, call.id)
    assert story[:3] == ["call dialing", "call answered", "play started"]


async def test_a_channel_that_was_made_and_not_dialled_is_dialled(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(NEXT, state=CallState.DIALING, channel="Down")
    await exchange.start()
    await asterisk.asked("POST", f"/channels/{call.id}/dial")
    asterisk.picks_up(call.id)
    await exchange.played()
    await finish(exchange, asterisk, call.id)


@pytest.mark.parametrize(("state", "channel"), [(CallState.QUEUED, None), (CallState.DIALING, "Down")])
async def test_a_call_that_was_not_dialled_and_must_not_be_any_more_ends(
    stopped_exchange: Exchange, asterisk: FakeAri, state: CallState, channel: str | None
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(state=state, channel=channel)
    exchange.admission.bar = lambda conn, call: "The number must not be called any more."
    await exchange.start()
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.answered) == ("cancelled", "us", False)
    assert not asterisk.was_asked("POST", f"/channels/{call.id}/dial")


async def test_a_call_that_was_about_to_be_dialled_and_has_no_channel_ends(stopped_exchange: Exchange) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(state=CallState.DIALING, channel=None)
    await exchange.start()
    assert not (await exchange.ended(call.id)).answered


async def test_a_call_that_rang_and_was_answered_meanwhile(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(NEXT, state=CallState.RINGING, channel="Up")
    await exchange.start()
    await exchange.event(CallAnswered)
    await exchange.played()
    await finish(exchange, asterisk, call.id)


async def test_a_call_that_still_rings_is_waited_for(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(NEXT, state=CallState.RINGING, channel="Ringing")
    await exchange.start()
    assert exchange.told == []
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"


async def test_an_offered_call_has_what_was_left_of_its_ten_seconds(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    at = exchange.clock() - 6
    call = await exchange.left_behind(
        state=CallState.RINGING, channel="Ring", direction=Direction.INBOUND, created=at, application="app-1"
    )
    await exchange.start()
    ended = await exchange.ended(call.id)
    assert ended.cause == "no_application"
    assert exchange.clock() - at == pytest.approx(10, abs=0.2)
    assert exchange.told_of(CallOffered) == []


async def test_the_longest_duration_counts_from_the_answer(stopped_exchange: Exchange) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(max_seconds=60.0)
    began = exchange.clock()
    await exchange.start()
    ended = await exchange.ended(call.id)
    assert ended.cause == "max_duration" and exchange.clock() - began == pytest.approx(10, abs=0.2)


async def test_two_connected_calls_are_held_together_again(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    dialled = Dialled(call="call-1", answered=True)
    left = Left(task=Dial(id="task-1", to="2"), state=TaskState.COMPLETED, result=dialled)
    one = await exchange.left_behind(left, id="call-0")
    other = await exchange.left_behind(id="call-1", root="call-0")
    asterisk.world.add_bridge("bridge-1", "mixing", "")
    asterisk.world.bridges["bridge-1"]["channels"] += [one.id, other.id]
    await exchange.start()
    assert asterisk.requests and not [one for one in asterisk.requests if one.method == "DELETE"]
    asterisk.hangs_up(other.id)
    await exchange.ended(other.id)
    assert (await exchange.ended(one.id)).hung_up_by == "other"
    await settled()
    assert asterisk.world.bridges == {}


async def test_a_dial_that_was_under_way_goes_on(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    dial = Left(task=Dial(id="task-1", to="2"), phase=Phase.INTENDED)
    one = await exchange.left_behind(dial, id="call-0")
    other = await exchange.left_behind(id="call-1", root="call-0", state=CallState.RINGING, channel="Ringing")
    await exchange.start()
    assert not asterisk.was_asked("POST", "/channels/create")
    asterisk.picks_up(other.id)
    await exchange.event(TaskEnded, task="task-1")
    assert asterisk.world.bridges["bridge-1"]["channels"] == [one.id, other.id]
    asterisk.hangs_up(one.id)
    await exchange.ended(one.id)
    await exchange.ended(other.id)


async def test_a_channel_of_nobody_is_hung_up_and_a_call_that_came_meanwhile_is_taken(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(PLAY,))
    exchange.put_channel("call-nobodys", "Up")
    exchange.put_channel("in-1", "Ring", args="inbound,500")
    exchange.put_channel("snoop-task-9", "Up", name="Snoop/x")
    await exchange.start()
    await asterisk.asked("DELETE", "/channels/call-nobodys")
    await exchange.event(TaskStarted)
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)


async def test_many_calls_are_taken_over_without_redis(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    exchange.admission.unavailable = True
    left = [await exchange.left_behind(Left(task=Pause(seconds=9)), id=f"call-{number}") for number in range(20)]
    await exchange.start()
    for call in left:
        asterisk.hangs_up(call.id)
        await exchange.ended(call.id)


async def test_a_call_that_came_in_goes_on_whatever_its_party_dialled(
    stopped_exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone dials codes such as *97, which no trunk can carry: to look for routes of such a call raises."""

    def no_routes(*_: object) -> None:
        raise ValueError("only digits are dialled")

    exchange = stopped_exchange
    monkeypatch.setattr(exchange.admission, "routes", no_routes)
    left = Left(task=PLAY, phase=Phase.NONE, started=False)
    call = await exchange.left_behind(left, direction=Direction.INBOUND, callee="*97")
    await exchange.start()
    assert await exchange.played() == "task-1"
    assert "play started" in await finish(exchange, asterisk, call.id)
