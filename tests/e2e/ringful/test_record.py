"""Record and RecordStop: by the file that the customer gets."""

import asyncio
import re

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars
from tests.support.sink import Sink
from tests.support.system import System


async def test_a_recording_ends_with_the_call_and_its_link_ends_in_the_call_id(
    ringful: Ringful, sink: Sink, system: System, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.HANGS_UP, callbackUrl=sink.url("call"))
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    complete = await sink.until("RecordComplete", callId=call)
    assert set(complete.form) == {"action", "callId", "recordFile"}
    assert re.fullmatch(rf"https?://[^ ]+/{re.escape(call)}\.wav", complete.form["recordFile"])
    assert 2.3 < (await recording_of(call)).seconds < 3.8, "the callee hangs up after three seconds"
    await sink.until("CalleeHangUp", callId=call)
    assert sink.actions() == ["CallEstablished", "RecordStart", "RecordComplete", "CalleeHangUp"]


async def test_a_recorder_that_is_stopped_at_once_stops_and_the_call_goes_on(
    ringful: Ringful, sink: Sink, lab: LabEars, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url("call"))
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    await ringful.play(callId=call, announcement=sink.tone(830, 2.5), callbackUrl=sink.url("play"))
    await sink.until("PlayStart", callId=call)
    await ringful.record_stop(callId=call)
    complete = await sink.until("RecordComplete", callId=call)
    played = await sink.until("PlayComplete", callId=call)
    assert complete.at < played.at, "past the queue"
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert (await recording_of(call)).seconds < 1.5
    assert (await lab.of(call)).heard.lasted(830) > 2.2, "only the recorder was stopped"


async def test_a_queued_stop_waits_for_its_turn(ringful: Ringful, sink: Sink, recording_of: RecordingOf) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(830, 2.0))
    answer = await ringful.ask("StopRecord", callId=call, immediate="false")
    assert (answer.status, answer.text) == (200, "")
    await ringful.play(callId=call, announcement=sink.tone(620, 1.5))
    await ringful.hangup(callId=call, immediate="false")
    complete = await sink.until("RecordComplete", callId=call)
    ended = await sink.until("ServerHangup", callId=call)
    assert ended.at - complete.at > 1.0, "before the second announcement"
    said = await recording_of(call)
    assert 1.8 < said.seconds < 2.6
    assert_melody(said, 440)


async def test_stop_record_and_record_stop_are_the_same_in_any_case(ringful: Ringful, sink: Sink) -> None:
    for name in ("StopRecord", "RecordStop", "stoprecord", "RECORDSTOP"):
        call = await ringful.call(callee=people.SPEAKS_440)
        await ringful.record(callId=call, callbackUrl=sink.url())
        await sink.until("RecordStart", callId=call)
        answer = await ringful.ask(name, callId=call)
        assert (answer.status, answer.text) == (200, ""), name
        await sink.until("RecordComplete", callId=call, within=5)
        await ringful.hangup(callId=call)


async def test_a_recorder_that_is_stopped_the_moment_it_started_stops(ringful: Ringful, sink: Sink) -> None:
    async def one() -> None:
        call = await ringful.call(callee=people.SPEAKS_440)
        await ringful.record(callId=call, callbackUrl=sink.url())
        await sink.until("RecordStart", callId=call)
        await ringful.record_stop(callId=call)
        await sink.until("RecordComplete", callId=call, within=8)
        await ringful.hangup(callId=call)

    for _ in range(3):
        await asyncio.gather(*(one() for _ in range(12)))


async def test_a_second_recording_of_a_call_is_another_file(
    ringful: Ringful, sink: Sink, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url())
    for seconds in (1.0, 2.0):
        await ringful.record(callId=call, callbackUrl=sink.url())
        await ringful.play(callId=call, announcement=sink.tone(830, seconds))
        answer = await ringful.ask("StopRecord", callId=call, immediate="false")
        assert answer.status == 200
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call, count=2)
    links = [one.form["recordFile"] for one in sink.taken("RecordComplete")]
    assert len(set(links)) == 2 and all(call in link for link in links)
    assert 0.8 < (await recording_of(call, which=0)).seconds < 1.7
    assert 1.8 < (await recording_of(call, which=1)).seconds < 2.7


async def test_words_that_the_callee_says_are_in_the_recording(
    ringful: Ringful, sink: Sink, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SAYS_ITS_NAME, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await sink.until("WaitForToneDetected", callId=call)
    await ringful.play(callId=call, announcement=sink.tones([(0, 4.5)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    assert (await recording_of(call)).says("my name is")
