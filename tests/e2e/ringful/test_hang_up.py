"""Hangup: now, or when its turn comes."""

from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended
from tests.support.sink import Sink


async def test_a_queued_hang_up_lets_everything_before_it_be_heard(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 1.5))
    await ringful.hangup(callId=call, immediate="false")
    await ringful.play(callId=call, announcement=sink.tone(700, 1.0))
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, 500)
    assert heard.lasted(500) > 1.2
    assert [task["state"] for task in (await own.call(call))["tasks"]] == ["completed", "completed", "discarded"]


async def test_an_immediate_hang_up_cuts_the_prompt_and_discards_the_rest(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url("call"))
    await ringful.play(callId=call, announcement=sink.tone(500, 8), callbackUrl=sink.url("play"))
    await ringful.play(callId=call, announcement=sink.tone(700, 1), callbackUrl=sink.url("play"))
    await sink.until("PlayStart", callId=call)
    await ringful.hangup(callId=call)
    told = await sink.until("ServerHangup", callId=call, within=5)
    assert told.form["callId"] == call
    heard = (await lab.of(call)).heard
    assert heard.seconds < 4 and not heard.has(700, 0.1)
    assert [one.action for one in sink.received if one.path == "/play"] == ["PlayStart"], "neither complete nor failed"
    assert [task["state"] for task in (await own.call(call))["tasks"]] == ["stopped", "discarded"]


async def test_immediate_is_the_default_and_may_be_said(ringful: Ringful, sink: Sink) -> None:
    for fields in ({}, {"immediate": "true"}, {"immediately": "true"}):
        call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
        await ringful.play(callId=call, announcement=sink.tone(500, 30))
        await sink.until("CallEstablished", callId=call)
        await ringful.hangup(callId=call, **fields)
        await sink.until("ServerHangup", callId=call, within=5)


async def test_an_ended_call_is_unknown_to_every_operation_afterwards(ringful: Ringful, sink: Sink, own: Own) -> None:
    call = await ringful.call(callee=people.BUSY)
    await call_ended(own, call)
    for operation, fields in {
        "Play": {"announcement": sink.tone(500)}, "Record": {}, "WaitForTone": {"tone": "1"}, "Hangup": {},
        "StartToneDetector": {"callbackUrl": sink.url()}, "StopToneDetector": {}, "RecordStop": {},
    }.items():  # fmt: skip
        answer = await ringful.ask(operation, callId=call, **fields)
        assert answer.status == 404 and answer.text, f"{operation}: {answer}"
