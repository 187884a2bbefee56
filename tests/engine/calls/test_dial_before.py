"""What happens on the other leg of a Dial between its answer and the connecting."""

import asyncio

import pytest

from engine.commands import FindConference, HangUpCall, Reply, StopTasks
from engine.events import CallEnded, ParticipantJoined, QuestionAsked, TaskEnded
from engine.model.call import CallState
from engine.tasks.answer import Answer
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.task import Phase
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.dialling import answered_and_dialling, connected, dialling
from tests.support.exchange import ACCOUNT, Exchange, Left

WHISPER = Play(source="http://host/whisper.wav")
DIAL = Dial(to="12015550199", before_bridge=(SendDtmf(digits="12"), WHISPER))


async def hang_up_both(exchange: Exchange, asterisk: FakeAri, one: str, other: str) -> None:
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)


async def test_it_runs_on_the_other_leg_and_only_then_are_the_two_connected(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    playback = await exchange.played("task-*")
    assert (await asterisk.asked("POST", f"/channels/{other}/dtmf")).query["dtmf"] == "12"
    assert asterisk.world.playbacks[playback]["target_uri"] == f"channel:{other}"
    await asyncio.sleep(30)
    assert not asterisk.world.bridges and not asterisk.was_asked("POST", "/channels/in-1/answer")
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="dial")
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", other]
    assert exchange.story(other)[-4:] == ["send_dtmf started", "send_dtmf completed", "play started", "play completed"]
    await hang_up_both(exchange, asterisk, one, other)


async def test_it_waits_for_the_answer(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.rings(other)
    await asyncio.sleep(20)
    assert not asterisk.was_asked("POST", f"/channels/{other}/dtmf")
    await hang_up_both(exchange, asterisk, one, other)
    assert "play discarded call_ended" in exchange.story(other)


async def test_a_prompt_that_fails_is_no_reason_not_to_connect(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="2", before_bridge=(Play(source="http://host/missing.wav"),))
    one, other = await connected(exchange, asterisk, dial)
    assert "play failed not_found" in exchange.story(other)
    await hang_up_both(exchange, asterisk, one, other)


async def test_the_other_hangs_up_meanwhile_and_the_caller_ends_with_it(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    await exchange.played("task-*")
    asterisk.hangs_up(other)
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by, ended.answered) == ("normal", "other", False)
    assert "dial completed" in exchange.story(one)
    assert not asterisk.world.bridges


async def test_the_other_is_hung_up_meanwhile_and_the_queue_goes_on_where_that_is_wanted(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    dial = Dial(to="2", before_bridge=(WHISPER,), hang_up_after=False)
    one, other = await dialling(exchange, asterisk, dial, Play(source="http://host/b.wav"))
    asterisk.picks_up(other)
    await exchange.played("task-*")
    await exchange.submit(HangUpCall(account=ACCOUNT, call=other))
    assert asterisk.world.playbacks[await exchange.played("task-*", 2)]["target_uri"] == "channel:in-1"
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_the_caller_gives_up_meanwhile(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    await exchange.played("task-*")
    asterisk.hangs_up("in-1")
    ended = await exchange.ended(other)
    assert (ended.cause, ended.hung_up_by) == ("cancelled", "other")
    await exchange.ended(one)


async def test_the_dial_is_stopped_meanwhile(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL, Pause(seconds=50))
    asterisk.picks_up(other)
    await exchange.played("task-*")
    await exchange.submit(StopTasks(account=ACCOUNT, owner=one, kind="dial"))
    ended = await exchange.ended(other)
    assert (ended.cause, ended.hung_up_by) == ("cancelled", "us")
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_what_is_queued_on_the_other_leg_meanwhile_comes_before_too(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.picks_up(other)
    playback = await exchange.played("task-*")
    await exchange.enqueue(other, Pause(seconds=7))
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="play")
    assert not asterisk.world.bridges
    await exchange.event(TaskEnded, kind="pause")
    await exchange.event(TaskEnded, kind="dial")
    assert asterisk.world.bridges
    await hang_up_both(exchange, asterisk, one, other)


async def test_a_prompt_that_nobody_waits_for_ends_before_the_two_are_connected(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    whisper = Play(source="http://host/whisper.wav", wait=False)
    one, other = await dialling(exchange, asterisk, Dial(to="2", before_bridge=(whisper,)))
    asterisk.picks_up(other)
    playback = await exchange.played("task-*")
    await settled()
    assert not asterisk.was_asked("POST", "/bridges/*/addChannel")
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="dial")
    await hang_up_both(exchange, asterisk, one, other)


async def test_it_goes_on_when_the_controller_changes(exchange: Exchange, asterisk: FakeAri) -> None:
    pause = Pause(seconds=30)
    one, other = await dialling(exchange, asterisk, Dial(to="2", before_bridge=(pause, SendDtmf(digits="9"))))
    asterisk.picks_up(other)
    await exchange.task_of(other, "pause")
    began = exchange.clock()
    await asyncio.sleep(10)
    await exchange.leave()
    await asyncio.sleep(10)
    await exchange.start()
    await exchange.event(TaskEnded, kind="dial")
    assert exchange.clock() - began == pytest.approx(30, abs=1)
    assert len([one for one in asterisk.requests if one.path.endswith("/dtmf")]) == 1
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", other]
    await hang_up_both(exchange, asterisk, one, other)


async def test_all_of_it_was_done_when_the_controller_changed(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2", before_bridge=(Pause(seconds=5),)))
    held = asterisk.hold("POST", "/bridges/bridge-*")
    asterisk.picks_up(other)
    await held.reached.wait()
    leaving = asyncio.create_task(exchange.leave())
    await settled()
    assert held.gate
    held.gate.set()
    await leaving
    await exchange.start()
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", other])
    await hang_up_both(exchange, asterisk, one, other)


async def test_the_callers_end_comes_before_its_dial_is_taken_up_again(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    record = Left(task=Record(id="task-0"), phase=Phase.ACCEPTED)
    dial = Left(task=Dial(id="task-1", to="2"), phase=Phase.ACCEPTED)
    one = await exchange.left_behind(record, dial, id="call-0", channel=None)
    other = await exchange.left_behind(id="call-1", root="call-0", state=CallState.RINGING, channel="Ringing")
    asterisk.hold("GET", "/recordings/live/*")  # the queue waits here
    await exchange.start()
    await exchange.ended(one.id)
    ended = await exchange.ended(other.id)
    assert (ended.cause, ended.hung_up_by) == ("cancelled", "other")


ASKING = Dial(to="2", before_bridge=(Answer(), Ask(question="answered", seconds=10)))


async def test_a_question_is_asked_once_the_other_answered_and_the_two_connected_when_it_is_replied_to(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, ASKING)
    asterisk.rings(other)
    await asyncio.sleep(20)
    assert not exchange.told_of(QuestionAsked)
    asterisk.picks_up(other)
    question = await exchange.event(QuestionAsked, subject=other)
    assert question.deadline == pytest.approx(exchange.clock() + 10, abs=0.5)
    await exchange.submit(Reply(account=ACCOUNT, call=other, question=question.task, tasks=(WHISPER,)))
    playback = await exchange.played("task-*")
    await settled()
    assert not asterisk.world.bridges
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, kind="dial")
    assert asterisk.world.bridges
    await hang_up_both(exchange, asterisk, one, other)


async def test_a_reply_that_hangs_the_other_up_ends_the_caller_by_us(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, ASKING)
    asterisk.picks_up(other)
    question = await exchange.event(QuestionAsked, subject=other)
    await exchange.submit(Reply(account=ACCOUNT, call=other, question=question.task, tasks=(HangUp(),)))
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by, ended.answered) == ("normal", "us", False)
    assert not asterisk.world.bridges


async def test_a_question_is_asked_again_by_the_next_controller(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, ASKING)
    asterisk.picks_up(other)
    question = await exchange.event(QuestionAsked, subject=other)
    await exchange.leave()
    await exchange.start()
    assert not asterisk.world.bridges
    await exchange.submit(Reply(account=ACCOUNT, call=other, question=question.task))
    await exchange.event(TaskEnded, kind="dial")
    await hang_up_both(exchange, asterisk, one, other)


@pytest.mark.parametrize("answered", [True, False])
async def test_the_caller_is_gone_when_the_next_controller_comes(
    exchange: Exchange, asterisk: FakeAri, answered: bool
) -> None:
    one, other = await answered_and_dialling(exchange, asterisk, DIAL)
    if answered:
        asterisk.picks_up(other)
        await exchange.played("task-*")
    await exchange.leave()
    asterisk.hangs_up(one)
    await exchange.start()
    ended = await exchange.ended(other)
    assert (ended.cause, ended.hung_up_by) == ("cancelled", "other")
    await exchange.event(CallEnded, times=2)
    await settled()
    assert not asterisk.world.channels and not asterisk.world.bridges


async def test_both_are_in_the_conference_that_the_other_was_sent_to_and_end_together(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, ASKING)
    third = await exchange.call(JoinConference(name="team"))
    await exchange.event(ParticipantJoined)
    asterisk.picks_up(other)
    asked = await exchange.event(QuestionAsked)
    joining = JoinConference(name="team", data=noted("t"))
    await exchange.submit(Reply(account=ACCOUNT, call=other, question=asked.task, tasks=(joining,)))
    await exchange.event(ParticipantJoined, times=3)
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    room = await exchange.submit(FindConference(account=ACCOUNT, name="team"))
    assert sorted(asterisk.world.bridges[room.id]["channels"]) == sorted([third.id, other, "in-1"])
    assert exchange.told_of(ParticipantJoined, subject=one)[0].data == noted("t"), "it joined the same way"
    asterisk.hangs_up(other)
    assert (await exchange.ended(one)).hung_up_by == "other"
    await settled()
    assert asterisk.world.bridges.keys() == {room.id}
    asterisk.hangs_up(third.id)
    await exchange.ended(third.id)


async def test_both_stay_in_their_conference_and_belong_together_when_the_controller_changes(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await dialling(exchange, asterisk, ASKING)
    asterisk.picks_up(other)
    asked = await exchange.event(QuestionAsked)
    joining = JoinConference(name="team")
    await exchange.submit(Reply(account=ACCOUNT, call=other, question=asked.task, tasks=(joining,)))
    await exchange.event(TaskEnded, kind="dial")
    await exchange.event(ParticipantJoined, times=2)
    await settled()
    await exchange.leave()
    await exchange.start()
    await settled()
    room = await exchange.submit(FindConference(account=ACCOUNT, name="team"))
    assert sorted(asterisk.world.bridges[room.id]["channels"]) == sorted([other, "in-1"])
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(other)).hung_up_by == "other"
    await exchange.ended(one)
    await settled()
    assert asterisk.world.bridges == {}
