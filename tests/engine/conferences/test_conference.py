"""Conferences: the moderator first, her gate, who joins when, who is hung up, and a controller that changes.

Over 300 lines: its stories share one set of helpers, and each is short.
"""

import asyncio
from typing import Any

import pytest

from engine.commands import (
    HangUpCall,
    HangUpConference,
    Invitation,
    LeaveNow,
    NoSuchConference,
    NumberRefused,
    QueryConference,
    StartConference,
)
from engine.events import (
    CallDialing,
    CallEnded,
    ConferenceEnded,
    ConferenceStarted,
    DigitReceived,
    ParticipantJoined,
    ParticipantLeft,
    TaskEnded,
    TaskStarted,
)
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

MODERATOR = Invitation(callee="100", data=noted("mod"))
FRIENDS = (Invitation(callee="101", data=noted("a")), Invitation(callee="102", data=noted("b")))


async def start(exchange: Exchange, **fields: Any) -> str:
    return await exchange.submit(StartConference(**{"account": ACCOUNT, "moderator": MODERATOR} | fields))


async def leg(exchange: Exchange, number: str) -> str:
    """The call to a number, once it is dialled."""
    found = ""

    def known() -> bool:
        nonlocal found
        calls = [session.call for session in exchange.engine.registry if session.call.callee == number]
        found = calls[0].id if calls else ""
        return bool(found)

    async with asyncio.timeout(100), exchange._news:
        await exchange._news.wait_for(known)
    await exchange.asterisk.asked("POST", f"/channels/{found}/dial")
    await settled()
    return found


async def answered(exchange: Exchange, asterisk: FakeAri, number: str) -> str:
    call = await leg(exchange, number)
    asterisk.picks_up(call)
    await settled()
    return call


async def joined(exchange: Exchange, *calls: str) -> None:
    for call in calls:
        await exchange.event(ParticipantJoined, subject=call)
    await settled()


def inside(asterisk: FakeAri, conference: str) -> list[str]:
    bridge = asterisk.world.bridges.get(conference)
    return bridge["channels"] if bridge else []


async def meeting(exchange: Exchange, asterisk: FakeAri, **fields: Any) -> tuple[str, list[str]]:
    """A conference of the moderator and two, all in it."""
    conference = await start(exchange, attendees=FRIENDS, **fields)
    calls = [await answered(exchange, asterisk, number) for number in ("100", "101", "102")]
    await joined(exchange, *calls)
    assert sorted(inside(asterisk, conference)) == sorted(calls)
    return conference, calls


async def test_the_moderator_comes_first_then_the_others_are_called(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange, attendees=FRIENDS, data=noted("meeting"))
    moderator = await leg(exchange, "100")
    await asyncio.sleep(20)
    assert len(exchange.told_of(CallDialing)) == 1
    asterisk.picks_up(moderator)
    assert (await exchange.event(ConferenceStarted)).data == noted("meeting")
    first = await answered(exchange, asterisk, "101")
    await joined(exchange, first, moderator)
    assert sorted(inside(asterisk, conference)) == sorted([first, moderator])
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    ended = await exchange.event(ConferenceEnded)
    assert (ended.reason, ended.data) == ("requested", noted("meeting"))
    await exchange.event(CallEnded, times=3)  # also the one whose phone rang
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}
    with pytest.raises(NoSuchConference):
        await exchange.submit(QueryConference(account=ACCOUNT, conference=conference))


async def test_the_gate_holds_everybody_until_the_moderator_is_past_it(exchange: Exchange, asterisk: FakeAri) -> None:
    gate = (Play(source="http://host/welcome.wav", wait=False), WaitForDigits(accept=("1",), barge_in=True))
    conference = await start(exchange, moderator=Invitation(callee="100", before=gate), attendees=FRIENDS)
    moderator = await answered(exchange, asterisk, "100")
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(moderator, "7")
    await asyncio.sleep(20)
    assert len(exchange.told_of(CallDialing)) == 1
    asterisk.presses(moderator, "1")
    first = await answered(exchange, asterisk, "101")
    await joined(exchange, first, moderator)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_the_moderator_hears_the_waiting_prompt_until_the_first_joins(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference = await start(exchange, attendees=FRIENDS, waiting_prompt="http://host/wait.wav")
    moderator = await answered(exchange, asterisk, "100")
    for times in (1, 2):
        playback = await exchange.played(times=times)
        assert asterisk.world.playbacks[playback]["target_uri"] == f"channel:{moderator}"
        asterisk.finishes(playback)
    await exchange.played(times=3)
    first = await answered(exchange, asterisk, "101")
    await joined(exchange, first, moderator)
    assert asterisk.world.playbacks == {}
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_waiting_prompt_that_cannot_be_had_delays_nobody(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, _ = await meeting(exchange, asterisk, waiting_prompt="http://host/missing.wav")
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_moderator_who_does_not_wait_joins_at_once(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange, wait_for_participant=False)
    moderator = await answered(exchange, asterisk, "100")
    await joined(exchange, moderator)
    assert inside(asterisk, conference) == [moderator]
    asterisk.hangs_up(moderator)
    assert (await exchange.event(ConferenceEnded)).reason in ("moderator_left", "empty")
    await exchange.ended(moderator)


async def test_a_participant_may_join_without_bringing_the_moderator_in(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange)
    moderator = await answered(exchange, asterisk, "100")
    quiet = await exchange.call(JoinConference(conference=conference, join_moderator=False), callee="103")
    await joined(exchange, quiet.id)
    assert inside(asterisk, conference) == [quiet.id]
    loud = await exchange.call(JoinConference(conference=conference), callee="104")
    await joined(exchange, loud.id, moderator)
    assert sorted(inside(asterisk, conference)) == sorted([quiet.id, loud.id, moderator])
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_participant_leaves_by_a_queued_task_and_its_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await exchange.enqueue(calls[1], Pause(seconds=2), LeaveConference(conference=conference), WaitForDigits(seconds=9))
    left = await exchange.event(ParticipantLeft)
    assert (left.subject, left.conference) == (calls[1], conference)
    assert sorted(inside(asterisk, conference)) == sorted([calls[0], calls[2]])
    await exchange.event(TaskEnded, kind="wait_for_digits")
    await exchange.submit(HangUpCall(account=ACCOUNT, call=calls[1]))
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_participant_is_taken_out_at_once_and_may_come_back(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=conference, call=calls[1]))
    await exchange.event(ParticipantLeft)
    await exchange.enqueue(calls[1], JoinConference(conference=conference))
    await exchange.event(ParticipantJoined, subject=calls[1], times=2)
    await settled()
    assert sorted(inside(asterisk, conference)) == sorted(calls)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_who_comes_back_while_its_leaving_is_not_over_yet_is_in_again(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference, calls = await meeting(exchange, asterisk)
    asterisk.hangs_up(calls[2])
    await exchange.ended(calls[2])
    music = asterisk.hold("POST", "/bridges/*/moh")  # for the moderator, who is alone now
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=conference, call=calls[1]))
    await exchange.event(ParticipantLeft, subject=calls[1])
    await music.reached.wait()
    await exchange.enqueue(calls[1], JoinConference(conference=conference))
    await settled()
    music.gate.set()
    await exchange.event(ParticipantJoined, subject=calls[1], times=2)
    await settled()
    assert sorted(inside(asterisk, conference)) == sorted(calls[:2])
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_leaving_has_no_effect_for_the_moderator(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=conference, call=calls[0]))
    await exchange.enqueue(calls[0], LeaveConference(conference=conference))
    await exchange.event(TaskEnded, kind="leave_conference")
    await settled()
    assert exchange.told_of(ParticipantLeft) == [] and calls[0] in inside(asterisk, conference)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_the_moderator_leaves_and_everybody_is_hung_up(exchange: Exchange, asterisk: FakeAri) -> None:
    _conference, calls = await meeting(exchange, asterisk)
    asterisk.hangs_up(calls[0])
    assert (await exchange.event(ConferenceEnded)).reason == "moderator_left"
    for call in calls:
        await exchange.ended(call)
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}
    assert len(exchange.told_of(ParticipantLeft)) == 3


async def test_a_moderator_who_never_answers_ends_it(exchange: Exchange, asterisk: FakeAri) -> None:
    await start(exchange, attendees=FRIENDS)
    asterisk.hangs_up(await leg(exchange, "100"), 17, 486)
    assert (await exchange.event(ConferenceEnded)).reason == "moderator_not_reached"
    assert exchange.told_of(ConferenceStarted) == [] and len(exchange.told_of(CallDialing)) == 1
    await exchange.event(CallEnded)


async def test_attendees_who_ring_are_hung_up_with_the_rest(exchange: Exchange, asterisk: FakeAri) -> None:
    await start(exchange, attendees=FRIENDS)
    moderator = await answered(exchange, asterisk, "100")
    ringing = [await leg(exchange, "101"), await leg(exchange, "102")]
    asterisk.hangs_up(moderator)
    for call in ringing:
        assert not (await exchange.ended(call)).answered
    await exchange.event(ConferenceEnded)
    await exchange.ended(moderator)
    assert asterisk.world.channels == {}


async def test_an_attendee_who_is_busy_harms_nobody(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange, attendees=FRIENDS)
    moderator = await answered(exchange, asterisk, "100")
    asterisk.hangs_up(await leg(exchange, "101"), 17, 486)
    other = await answered(exchange, asterisk, "102")
    await joined(exchange, moderator, other)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_number_that_may_not_be_called_refuses_the_whole(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.refused.add("102")
    with pytest.raises(NumberRefused):
        await start(exchange, attendees=FRIENDS)
    assert not asterisk.was_asked("POST", "/channels/create") and len(exchange.engine.conferences) == 0


async def test_a_live_call_to_the_moderator_is_used(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(callee="100")
    conference = await start(exchange, wait_for_participant=False)
    await joined(exchange, call.id)
    assert len(exchange.told_of(CallDialing)) == 1
    view = await exchange.submit(QueryConference(account=ACCOUNT, conference=conference))
    assert view.moderator and view.moderator.call == call.id
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.ended(call.id)


async def test_who_is_in_it(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    view = await exchange.submit(QueryConference(account=ACCOUNT, conference=conference))
    assert view.moderator and (view.moderator.number, view.moderator.data) == ("100", noted("mod"))
    assert sorted((one.call, one.number, one.data and one.data.values["note"]) for one in view.participants) == sorted(
        [(calls[1], "101", "a"), (calls[2], "102", "b")]
    )
    with pytest.raises(NoSuchConference):
        await exchange.submit(QueryConference(account="acct-2", conference=conference))
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_its_own_queue_plays_to_all_records_all_and_hears_everybody(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference = await start(exchange, attendees=FRIENDS, wait_for_participant=False)
    await exchange.enqueue(
        conference, DetectDtmf(), Record(name="all"), Play(source="http://host/a.wav"), WaitForDigits(count=2)
    )
    calls = [await answered(exchange, asterisk, number) for number in ("100", "101")]
    playback = await exchange.played()
    assert asterisk.world.playbacks[playback]["target_uri"] == f"bridge:{conference}"
    asterisk.finishes(playback)
    await joined(exchange, *calls)
    await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses(calls[0], "1")
    asterisk.presses(calls[1], "2")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    heard = exchange.told_of(DigitReceived, kind="detect_dtmf")
    assert [(one.digit, one.call, one.subject) for one in heard] == [
        ("1", calls[0], conference),
        ("2", calls[1], conference),
    ]
    await exchange.enqueue(conference, HangUp())
    await exchange.event(ConferenceEnded)
    story = exchange.story(conference)
    assert "record completed" in story and "detect_dtmf completed" in story
    assert story[-1] == "conference ended" and "wait_for_digits completed 12" in story
    await exchange.event(CallEnded, times=3)


async def test_a_conference_cannot_do_what_only_a_call_can(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, _ = await meeting(exchange, asterisk)
    only = (SendDtmf(digits="1"), Dial(to="1"), JoinConference(conference="x"), LeaveConference(conference="x"))
    await exchange.enqueue(conference, *only)
    await exchange.event(TaskEnded, subject=conference, times=4)
    outcomes = [one.outcome for one in exchange.told_of(TaskEnded, subject=conference)]
    assert [getattr(one, "reason", None) for one in outcomes] == ["calls_only"] * 4
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_joining_a_conference_that_is_over_fails(exchange: Exchange) -> None:
    call = await exchange.call(JoinConference(conference="conf-none"), LeaveConference(conference="conf-none"))
    await exchange.event(TaskEnded, kind="leave_conference")
    assert "join_conference failed conference_over" in exchange.story(call.id)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    await exchange.ended(call.id)


async def test_what_is_queued_for_nobody_is_discarded_at_its_end(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange)
    await exchange.enqueue(conference, Play(source="http://host/a.wav"))
    asterisk.hangs_up(await leg(exchange, "100"), 17, 486)
    await exchange.event(ConferenceEnded)
    assert exchange.story(conference) == ["play discarded conference_ended", "conference ended"]
    await exchange.event(CallEnded)


async def test_a_conference_goes_on_when_the_controller_changes(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await exchange.enqueue(conference, DetectDtmf(), Play(source="http://host/a.wav"))
    playback = await exchange.played()
    await settled()
    await exchange.leave()
    assert sorted(inside(asterisk, conference)) == sorted(calls)
    assert exchange.told_of(ParticipantLeft) == [] and exchange.told_of(ConferenceEnded) == []
    await exchange.start()
    asterisk.finishes(playback)
    await exchange.event(TaskEnded, task=playback)
    asterisk.presses(calls[2], "9")
    await exchange.event(DigitReceived, kind="detect_dtmf", digit="9")
    assert sorted(inside(asterisk, conference)) == sorted(calls)
    assert len(exchange.told_of(ParticipantJoined)) == 3 and len(exchange.told_of(ConferenceStarted)) == 1
    asterisk.hangs_up(calls[1])
    await exchange.event(ParticipantLeft, subject=calls[1])
    asterisk.hangs_up(calls[0])
    await exchange.event(CallEnded, times=3)
    assert (await exchange.event(ConferenceEnded)).reason == "moderator_left"
    assert asterisk.world.bridges == {}


async def test_the_others_are_called_by_the_next_controller(exchange: Exchange, asterisk: FakeAri) -> None:
    conference = await start(exchange, attendees=FRIENDS)
    moderator = await leg(exchange, "100")
    await exchange.leave()
    await exchange.start()
    asterisk.picks_up(moderator)
    first = await answered(exchange, asterisk, "101")
    await joined(exchange, first, moderator)
    await exchange.leave()
    await exchange.start()
    second = await answered(exchange, asterisk, "102")
    await joined(exchange, second)
    assert len(exchange.told_of(CallDialing)) == 3
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_a_moderator_who_left_meanwhile_ends_it(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await exchange.leave()
    asterisk.hangs_up(calls[0])
    await exchange.start()
    await exchange.event(ConferenceEnded, subject=conference)
    await exchange.event(CallEnded, times=3)
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}


async def test_a_reconnect_keeps_everybody_in(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, calls = await meeting(exchange, asterisk)
    await asterisk.drop_socket()
    asterisk.hangs_up(calls[2])
    await exchange.ended(calls[2])
    await exchange.event(ParticipantLeft, subject=calls[2])
    assert sorted(inside(asterisk, conference)) == sorted(calls[:2])
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(CallEnded, times=3)


async def test_everybody_is_hung_up_when_the_moderator_left_while_no_controller_was_there(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference = await start(exchange, wait_for_participant=False)
    moderator = await answered(exchange, asterisk, "100")
    guest = await exchange.call(JoinConference(conference=conference), callee="103")
    gone_out = await exchange.call(JoinConference(conference=conference), callee="104")
    await joined(exchange, moderator, guest.id, gone_out.id)
    await exchange.submit(LeaveNow(account=ACCOUNT, conference=conference, call=gone_out.id))
    await exchange.event(ParticipantLeft)
    await exchange.leave()
    asterisk.hangs_up(moderator)
    await exchange.start()
    await exchange.ended(guest.id)
    await exchange.event(ConferenceEnded)
    assert asterisk.world.channels.keys() == {gone_out.id}
    asterisk.hangs_up(gone_out.id)
    await exchange.ended(gone_out.id)
