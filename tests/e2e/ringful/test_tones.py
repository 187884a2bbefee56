"""WaitForTone and the tone detector: digits that a far end really presses."""

from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars
from tests.support.sink import Sink


async def test_wait_for_tone_holds_the_queue_until_the_tone_is_pressed(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.PRESSES_1, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 0.6))
    await ringful.hangup(callId=call, immediate="false")
    detected = await sink.until("WaitForToneDetected", callId=call)
    assert detected.form == {"action": "WaitForToneDetected", "callId": call, "tone": "1"}
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, 500)
    assert heard.first(500) > 1.8, "nothing was played before the digit, which is pressed after two seconds"
    assert sink.actions() == ["CallEstablished", "WaitForToneDetected", "ServerHangup"]


async def test_a_wrong_tone_is_a_misfire_and_the_wait_goes_on(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    call = await ringful.call(callee=people.PRESSES_5_THEN_1, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 0.6))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    tones = [(one.action, one.form.get("tone")) for one in sink.received][1:-1]
    assert tones == [("WaitForToneMisfire", "5"), ("WaitForToneDetected", "1")]
    assert (await lab.of(call)).heard.first(500) > 3.8


async def test_any_tone_of_a_list_ends_the_wait(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    call = await ringful.call(callee=people.PRESSES_5_THEN_1, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="4,5,#", callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    tones = [(one.action, one.form.get("tone")) for one in sink.received][1:-1]
    assert tones == [("WaitForToneDetected", "5"), ("WaitForToneDetected", "1")]


async def test_a_tone_pressed_before_the_wait_does_not_count_and_is_in_the_timeline(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own
) -> None:
    call = await ringful.call(callee=people.PRESSES_1, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 3.5))
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(700, 0.6))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    assert_melody(heard, 500, 700)
    assert heard.first(700) > 6.5, "the digit of the seventh second ended it, not that of the second"
    told = [(one["event"], one["digit"]) for one in (await own.call(call))["events"] if "digit" in one]
    assert told == [("digit_pressed", "1"), ("digit_received", "1")]


async def test_the_detector_tells_its_start_every_tone_and_its_stop(ringful: Ringful, sink: Sink) -> None:
    call = await ringful.call(callee=people.PRESSES_5_THEN_1)
    await ringful.start_tone_detector(callId=call, callbackUrl=sink.url("detector"))
    await sink.until("ToneDetected", callId=call, tone="1")
    await ringful.stop_tone_detector(callId=call, callbackUrl=sink.url("stop"))
    stopped = await sink.until("ToneDetectorStop", callId=call)
    assert stopped.path == "/stop" and stopped.form == {"action": "ToneDetectorStop", "callId": call}
    assert [(one.action, one.form.get("tone")) for one in sink.received] == [
        ("ToneDetectorStart", None), ("ToneDetected", "5"), ("ToneDetected", "1"), ("ToneDetectorStop", None)
    ]  # fmt: skip


async def test_a_stopped_detector_tells_no_more_tones_and_the_call_stays(ringful: Ringful, sink: Sink) -> None:
    call = await ringful.call(callee=people.PRESSES_1, callbackUrl=sink.url("call"))
    await ringful.start_tone_detector(callId=call, callbackUrl=sink.url("detector"))
    await sink.until("ToneDetected", callId=call)
    await ringful.stop_tone_detector(callId=call)
    assert (await sink.until("ToneDetectorStop", callId=call)).path == "/detector", "to the detector's own URL"
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url("wait"))
    await sink.until("WaitForToneDetected", callId=call)
    assert len(sink.taken("ToneDetected")) == 1
    assert not sink.taken("ServerHangup")


async def test_a_queued_stop_of_the_detector_waits_for_its_turn(ringful: Ringful, sink: Sink) -> None:
    call = await ringful.call(callee=people.PRESSES_5_THEN_1, callbackUrl=sink.url())
    await ringful.start_tone_detector(callId=call, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="5")
    await ringful.stop_tone_detector(callId=call, immediate="false", callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1")
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert sink.actions() == [
        "CallEstablished",
        "ToneDetectorStart",
        "ToneDetected",
        "ToneDetectorStop",
        "ServerHangup",
    ]
    assert sink.taken("ToneDetected")[0].form["tone"] == "5"


async def test_the_detector_tells_all_tones_while_wait_for_tone_tells_only_its_own(
    ringful: Ringful, sink: Sink
) -> None:
    call = await ringful.call(callee=people.PRESSES_5_THEN_1)
    await ringful.start_tone_detector(callId=call, callbackUrl=sink.url("detector"))
    await ringful.wait_for_tone(callId=call, tone="5", callbackUrl=sink.url("wait"))
    await sink.until("ToneDetected", callId=call, tone="1")
    assert [one.form["tone"] for one in sink.taken("ToneDetected")] == ["5", "1"]
    waited = [(one.action, one.form["tone"]) for one in sink.received if one.path == "/wait"]
    assert waited == [("WaitForToneDetected", "5")], "the 1 came after its end"


async def test_tones_in_the_application_make_new_requests_that_are_heard(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    """The document: the application "can make additional Ringful API calls to play more announcements"."""
    call = await ringful.call(callee=people.PRESSES_5_THEN_1, callbackUrl=sink.url())
    await ringful.start_tone_detector(callId=call, callbackUrl=sink.url())
    menu = {"5": sink.tone(560, 0.6), "1": sink.tone(1050, 0.6)}
    for number in (1, 2):
        pressed = await sink.until("ToneDetected", callId=call, count=number)
        await ringful.play(callId=call, announcement=menu[pressed.form["tone"]])
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, 560, 1050)
