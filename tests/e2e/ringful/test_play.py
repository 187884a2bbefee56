"""Play: the queue's order, waiting and not waiting, on what the far end really hears."""

import asyncio

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink


async def test_several_plays_are_heard_whole_and_in_the_order_of_the_requests(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url("call"))
    tones = (500, 620, 830, 1050, 560)
    for hz in tones:
        await ringful.play(callId=call, announcement=sink.tone(hz, 0.6), callbackUrl=sink.url("play"))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, *tones)
    for hz in tones:
        assert 0.4 < heard.lasted(hz) < 0.8, f"{hz} Hz was heard for {heard.lasted(hz)} s of 0.6"
    plays = [one.action for one in sink.received if one.path == "/play"]
    assert plays == ["PlayStart", "PlayComplete"] * len(tones)


async def test_play_start_and_complete_name_the_announcement_and_the_call(ringful: Ringful, sink: Sink) -> None:
    call = await ringful.call(callee=people.LISTENS)
    prompt = sink.tone(500, 0.5)
    await ringful.play(callId=call, announcement=prompt, callbackUrl=sink.url())
    started = await sink.until("PlayStart")
    complete = await sink.until("PlayComplete")
    assert started.form == {"action": "PlayStart", "announcement": prompt, "callId": call}
    assert complete.form == {"action": "PlayComplete", "announcement": prompt, "callId": call}
    assert complete.at - started.at > 0.4
    assert (complete.method, complete.content_type) == ("POST", "application/x-www-form-urlencoded")


async def test_a_play_that_is_not_waited_for_sounds_while_the_recorder_runs(
    ringful: Ringful, sink: Sink, lab: LabEars, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url("call"))
    await ringful.play(callId=call, announcement=sink.tone(830, 3), waitComplete="false", callbackUrl=sink.url("play"))
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    started = await sink.until("PlayStart", callId=call)
    recording = await sink.until("RecordStart", callId=call)
    complete = await sink.until("PlayComplete", callId=call)
    assert recording.at - started.at < 1.0, "the recorder began as soon as the announcement did"
    assert complete.at - recording.at > 1.5, "and ran while it played"
    await ringful.hangup(callId=call)
    await sink.until("RecordComplete", callId=call)
    said = await recording_of(call)
    assert_melody(said, 440)
    assert said.seconds > 1.5
    assert_melody((await lab.of(call)).heard, 830)


async def test_a_recorder_behind_a_play_that_is_waited_for_begins_after_it(
    ringful: Ringful, sink: Sink, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url("call"))
    await ringful.play(callId=call, announcement=sink.tone(830, 1.5), callbackUrl=sink.url("play"))
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    complete = await sink.until("PlayComplete", callId=call)
    recording = await sink.until("RecordStart", callId=call)
    assert sink.received.index(complete) < sink.received.index(recording)
    await ringful.play(callId=call, announcement=sink.tone(620, 1.0), callbackUrl=sink.url("play"))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    said = await recording_of(call)
    assert 0.8 < said.seconds < 1.8
    assert_melody(said, 440)


async def test_a_play_behind_one_that_is_not_waited_for_is_heard_after_it_and_not_mixed(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 1.2), waitComplete="false")
    await ringful.play(callId=call, announcement=sink.tone(700, 0.8))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, 500, 700)
    assert heard.lasted(500) > 1.0


async def test_two_calls_at_once_never_mix_their_queues(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    first, second = await asyncio.gather(
        ringful.call(callee=people.LISTENS, callbackUrl=sink.url("first")),
        ringful.call(callee=people.LISTENS, callbackUrl=sink.url("second")),
    )
    for low, high in ((500, 1050), (560, 1150), (620, 1260)):
        await asyncio.gather(
            ringful.play(callId=first, announcement=sink.tone(low, 0.6), callbackUrl=sink.url("first")),
            ringful.play(callId=second, announcement=sink.tone(high, 0.6), callbackUrl=sink.url("second")),
        )
    await asyncio.gather(
        ringful.hangup(callId=first, immediate="false"), ringful.hangup(callId=second, immediate="false")
    )
    await asyncio.gather(sink.until("ServerHangup", callId=first), sink.until("ServerHangup", callId=second))
    assert_melody((await lab.of(first)).heard, 500, 560, 620)
    assert_melody((await lab.of(second)).heard, 1050, 1150, 1260)
    for name, call in (("first", first), ("second", second)):
        told = [one for one in sink.received if one.path == f"/{name}"]
        assert {one.form["callId"] for one in told} == {call}
        assert [one.action for one in told] == (
            ["CallEstablished", *["PlayStart", "PlayComplete"] * 3, "ServerHangup"]
        ), "in order"


async def test_a_prompt_is_fetched_when_it_is_queued_not_when_it_is_due(ringful: Ringful, sink: Sink, own: Own) -> None:
    call = await ringful.call(callee=people.ANSWERS_AFTER_8_SECONDS)
    prompt = sink.tone(500, 0.5)
    await ringful.play(callId=call, announcement=prompt)

    async def fetches() -> int:
        return sink.fetches(prompt)

    assert await until(fetches, lambda count: count > 0, 5, "the prompt is fetched") == 1
    assert (await own.call(call))["answered"] is None


async def test_a_prompt_that_many_calls_play_is_fetched_once(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    prompt = sink.tone(500, 0.5)
    calls = [await ringful.call(callee=people.LISTENS, callbackUrl=sink.url()) for _ in range(4)]
    for call in calls:
        await ringful.play(callId=call, announcement=prompt)
        await ringful.hangup(callId=call, immediate="false")
    for call in calls:
        await sink.until("ServerHangup", callId=call)
        assert_melody((await lab.of(call)).heard, 500)
    assert sink.fetches(prompt) == 1
