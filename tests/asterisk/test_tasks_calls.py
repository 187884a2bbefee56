"""Dial, and conferences, on a real Asterisk."""

import asyncio

from engine.commands import HangUpConference, Invitation, LeaveNow, QueryConference, StartConference, StopTasks
from engine.events import (
    CallAnswered,
    CallDialing,
    CallEnded,
    ConferenceEnded,
    ParticipantJoined,
    ParticipantLeft,
    TaskEnded,
)
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Dialled, Recorded, Stopped
from tests.asterisk.live_exchange import LiveExchange
from tests.support.audio import has_tone, read
from tests.support.exchange import ACCOUNT
from tests.support.lab import RunningLab

LISTENS, TONE_440, BUSY, RINGS, HANGS_UP_AFTER_3 = (
    "12015550100", "12015550101", "12015550104", "12015550105", "12015550110",
)  # fmt: skip


async def test_two_are_connected_and_hear_each_other(exchange: LiveExchange) -> None:
    call = await exchange.call(Dial(to=TONE_440), Pause(seconds=1), Play(source="500"), callee=LISTENS)
    await exchange.event(TaskEnded, kind="play")
    story = await exchange.hang_up(call.id)
    assert "dial completed" in story and "play completed" in story
    await exchange.event(CallEnded, times=2)
    sip = (await exchange.stored(call.id)).sip_call_id
    assert sip
    heard = read((await RunningLab.of_environment().recorded(sip)).heard)
    assert has_tone(*heard, 440) and has_tone(*heard, 1000)
    assert await exchange.client.bridges.list() is not None


def how(outcome: object) -> Dialled:
    assert isinstance(outcome, Completed) and isinstance(outcome.result, Dialled)
    return outcome.result


async def test_dials_fail_time_out_are_stopped_and_end_with_either_call(exchange: LiveExchange) -> None:
    async def dialled(task: Dial, callee: str = LISTENS) -> tuple[str, object]:
        call = await exchange.call(task, callee=callee)
        return call.id, (await exchange.event(TaskEnded, subject=call.id, kind="dial")).outcome

    async def busy() -> None:
        call, outcome = await dialled(Dial(to=BUSY))
        assert (how(outcome).answered, how(outcome).cause) == (False, "busy")
        assert (await exchange.ended(call)).cause == "busy"

    async def times_out() -> None:
        call, outcome = await dialled(Dial(to=RINGS, leg=LegOptions(ring_seconds=2), hang_up_after=False))
        assert how(outcome).cause == "no_answer"
        await exchange.hang_up(call)

    async def stopped() -> None:
        call = await exchange.call(Dial(to=RINGS))
        row = (await exchange.rows(call.id))[0].id
        await exchange.event(CallDialing, subject=row.replace("task-", "call-"))
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="dial"))
        ended = await exchange.event(TaskEnded, subject=call.id)
        assert ended.outcome == Stopped("requested")
        assert (await exchange.ended(row.replace("task-", "call-"))).cause == "cancelled"
        await exchange.hang_up(call.id)

    async def the_caller_hangs_up_while_it_rings() -> None:
        call, outcome = await dialled(Dial(to=RINGS), HANGS_UP_AFTER_3)
        assert outcome == Stopped("call_ended")
        await exchange.ended(call)

    async def the_other_hangs_up() -> None:
        call, outcome = await dialled(Dial(to=HANGS_UP_AFTER_3))
        assert how(outcome).answered
        assert (await exchange.ended(call)).hung_up_by == "other"

    async with asyncio.TaskGroup() as group:
        for case in (busy, times_out, stopped, the_caller_hangs_up_while_it_rings, the_other_hangs_up):
            group.create_task(case())
    await exchange.event(CallEnded, times=len(exchange.told_of(CallDialing)))  # every second leg too


async def test_a_conference_plays_records_is_left_and_ends(exchange: LiveExchange) -> None:
    conference = await exchange.submit(
        StartConference(
            account=ACCOUNT,
            moderator=Invitation(callee=LISTENS),
            attendees=(
                Invitation(callee="12015550120"),
                Invitation(callee="12015550121"),
                Invitation(callee=HANGS_UP_AFTER_3),
            ),
            waiting_prompt="500",
        )
    )
    await exchange.enqueue(conference, Record(name="all"), Play(source="400"), Play(source="missing"))
    await exchange.event(ParticipantJoined, times=4)
    await exchange.event(TaskEnded, subject=conference, kind="play", times=2)
    assert "play failed playback_failed" in exchange.story(conference)
    view = await exchange.submit(QueryConference(account=ACCOUNT, conference=conference))
    assert len(view.participants) == 3
    by_number = {one.number: one.call for one in view.participants}
    await exchange.event(ParticipantLeft, subject=by_number[HANGS_UP_AFTER_3])
    await exchange.enqueue(by_number["12015550120"], LeaveConference(conference=conference), Pause(seconds=0.2))
    await exchange.event(ParticipantLeft, subject=by_number["12015550120"])
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=conference, call=by_number["12015550121"]))
    await exchange.event(ParticipantLeft, subject=by_number["12015550121"])
    await exchange.enqueue(by_number["12015550121"], JoinConference(conference=conference))
    await exchange.event(ParticipantJoined, subject=by_number["12015550121"], times=2)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(ConferenceEnded)
    await exchange.event(CallEnded, times=4)
    recorded = await exchange.event(TaskEnded, subject=conference, kind="record")
    assert isinstance(recorded.outcome, Completed) and isinstance(recorded.outcome.result, Recorded)
    audio = read(exchange.folder / f"{recorded.outcome.result.recording}.wav")
    assert has_tone(*audio, 573) and has_tone(*audio, 741)
    assert conference not in [one.id for one in await exchange.client.bridges.list()]


async def test_an_answer_comes_to_every_one_of_ten_calls_at_once(exchange: LiveExchange) -> None:
    calls = await asyncio.gather(*[exchange.call(Play(source="200")) for _ in range(10)])
    for call in calls:
        await exchange.event(TaskEnded, subject=call.id)
    await asyncio.gather(*[exchange.hang_up(call.id) for call in calls])
    assert len(exchange.told_of(CallAnswered)) == 10
