"""What the network does with a call, and what the customer is told of it."""

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf
from tests.support import people
from tests.support.carillon import Own, moment
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended, in_state
from tests.support.sink import Sink

NOT_REACHED = [
    (people.BUSY, "busy", 486),
    (people.DECLINES, "rejected", 603),
    (people.DOES_NOT_EXIST, "unknown_number", 404),
    (people.UNAVAILABLE, "unavailable", 480),
    (people.CONGESTED, "congestion", 503),
    (people.EARLY_MEDIA_THEN_BUSY, "busy", 486),
]
NAMES = ("busy", "declines", "does-not-exist", "unavailable", "congested", "early-media-then-busy")


@pytest.mark.parametrize(("callee", "cause", "status"), NOT_REACHED, ids=NAMES)
async def test_a_call_that_is_not_answered_is_one_server_hangup_and_costs_nothing(
    ringful: Ringful, sink: Sink, own: Own, callee: str, cause: str, status: int
) -> None:
    call = await ringful.call(callee=callee, callbackUrl=sink.url())
    queued = await ringful.ask("Play", callId=call, announcement=sink.tone(500), callbackUrl=sink.url())
    assert queued.status in (200, 404), "some are over before the next request can come"
    told = await sink.until("ServerHangup", callId=call)
    assert told.form == {"action": "ServerHangup", "callId": call, "billAmount": "0"}
    ended = await call_ended(own, call)
    assert (ended["cause"], ended["sip_status"], ended["answered"]) == (cause, status, None)
    assert [task["state"] for task in ended["tasks"]] == (["discarded"] if queued.status == 200 else [])
    assert sink.actions() == ["ServerHangup"]


async def test_a_call_that_is_answered_is_established_and_plays(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 0.8))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert sink.actions(callId=call) == ["CallEstablished", "ServerHangup"]
    assert_melody((await lab.of(call)).heard, 500)


async def test_the_callee_hanging_up_in_the_middle_of_a_prompt_is_callee_hang_up(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.HANGS_UP, callbackUrl=sink.url("call"))
    await ringful.play(callId=call, announcement=sink.tone(500, 8), callbackUrl=sink.url("play"))
    told = await sink.until("CalleeHangUp", callId=call)
    assert set(told.form) == {"action", "callId", "billAmount"}
    assert sink.actions() == ["CallEstablished", "PlayStart", "CalleeHangUp"], "a play cut short is not complete"
    heard = (await lab.of(call)).heard
    assert 2.0 < heard.lasted(500) < 4.0


async def test_a_call_that_rings_for_eight_seconds_loses_nothing_of_its_queue(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.ANSWERS_AFTER_8_SECONDS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tones([(500, 0.5), (700, 0.5)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, 500, 700)


@pytest.mark.long
async def test_a_call_nobody_picks_up_ends_after_the_ring_time(ringful: Ringful, sink: Sink, own: Own) -> None:
    call = await ringful.call(callee=people.NEVER_ANSWERS, callbackUrl=sink.url())
    told = await sink.until("ServerHangup", callId=call, within=75)
    assert told.form["billAmount"] == "0"
    ended = await call_ended(own, call)
    assert ended["cause"] == "no_answer" and ended["hung_up_by"] == "us"
    assert 58 <= moment(ended["ended"]) - moment(ended["created"]) <= 65


async def test_hanging_up_while_it_rings_cancels_the_call(ringful: Ringful, sink: Sink, own: Own) -> None:
    call = await ringful.call(callee=people.NEVER_ANSWERS, callbackUrl=sink.url())
    await in_state(own, call, "ringing")
    await ringful.hangup(callId=call)
    await sink.until("ServerHangup", callId=call)
    ended = await call_ended(own, call)
    assert (ended["hung_up_by"], ended["answered"]) == ("us", None)


async def test_a_far_end_that_falls_silent_is_recorded_at_its_real_length(
    ringful: Ringful, sink: Sink, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.FALLS_SILENT, callbackUrl=sink.url("call"))
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    await sink.until("RecordStart", callId=call)
    await ringful.play(callId=call, announcement=sink.tone(500, 6))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    recording = await recording_of(call)
    assert 5.7 < recording.seconds < 6.8, "three of the six seconds came without any RTP"


async def test_what_an_echo_sends_back_is_what_was_played(
    ringful: Ringful, sink: Sink, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.ECHOES, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tones([(0, 0.5), (620, 1.0), (0, 0.5), (830, 1.0), (0, 0.5)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    assert_melody(await recording_of(call), 620, 830)


async def test_a_voicemails_greeting_and_the_message_left_after_it(
    ringful: Ringful, sink: Sink, lab: LabEars, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.VOICEMAIL, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tones([(0, 7.0), (620, 1.0)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    greeting = await recording_of(call)
    assert greeting.has(1000, 0.2), "the beep"
    assert_melody((await lab.of(call)).heard, 620)
