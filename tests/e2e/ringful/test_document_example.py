"""Ringful's document, "The basic usage of the voice phone call API": six requests, sent as they are printed."""

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf
from tests.support import people
from tests.support.carillon import Account, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars
from tests.support.sink import File, Sink
from tests.support.sounds import notes_of, wav

WELCOME, PLEASE_PRESS_1 = 500.0, 620.0


async def example(ringful: Ringful, sink: Sink, account: Account, callee: str) -> str:
    """The six requests of the document: only the key, the callee and `host` are replaced. Returns CALLID."""
    sink.file("welcome_message.wav", File(wav(notes_of([(WELCOME, 0.6)]))))
    sink.file("please_press_1.wav", File(wav(notes_of([(PLEASE_PRESS_1, 0.6)]))))
    key, host = account.apikey, f"{sink.address}:{sink.port}"
    tail = "&seq=1234&sig=abcd"
    answer = await ringful.path(f"/Call/apikey/{key}?callee={callee}&callbackUrl=http://{host}/call_notify.php{tail}")
    assert answer.status == 200, answer
    call = answer.text
    ringful.calls.append(call)
    for path in (
        f"/Play/apikey/{key}?callId={call}&announcement=http://{host}/welcome_message.wav{tail}",
        f"/Play/apikey/{key}?callId={call}&announcement=http://{host}/please_press_1.wav{tail}",
        f"/WaitForTone/apikey/{key}?callId={call}&tone=1{tail}",
        f"/Record/apikey/{key}?callId={call}&callbackUrl=http://record_notify.php{tail}",
        f"/StartToneDetector/apikey/{key}?callId={call}&callbackUrl=http://{host}//tone_notify.php{tail}",
    ):
        answer = await ringful.path(path)
        assert (answer.status, answer.text) == (200, ""), f"{path}: {answer}"
    return call


async def test_the_example_plays_waits_for_1_and_then_tells_every_tone(
    ringful: Ringful, sink: Sink, account: Account, lab: LabEars, own: Own
) -> None:
    call = await example(ringful, sink, account, people.PRESSES_1)
    assert (await sink.until("CallEstablished")).path == "/call_notify.php"
    await sink.until("ToneDetectorStart", callId=call)
    detected = await sink.until("ToneDetected", callId=call)
    assert detected.form == {"action": "ToneDetected", "callId": call, "tone": "1"}
    assert detected.path == "//tone_notify.php", "the doubled slash is kept"
    await ringful.hangup(callId=call)
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, WELCOME, PLEASE_PRESS_1)
    assert sink.actions()[:3] == ["CallEstablished", "ToneDetectorStart", "ToneDetected"]
    tasks = {task["kind"]: task["state"] for task in (await own.call(call))["tasks"]}
    assert tasks == {
        "play": "completed", "wait_for_digits": "completed", "record": "completed", "detect_dtmf": "completed"
    }  # fmt: skip


async def test_the_example_records_what_is_said_and_its_sloppy_callback_url_harms_nothing(
    ringful: Ringful, sink: Sink, account: Account, own: Own, recording_of: RecordingOf
) -> None:
    call = await example(ringful, sink, account, people.SAYS_ITS_NAME)
    await sink.until("ToneDetectorStart", callId=call, within=30)
    await sink.until("CallEstablished", callId=call)
    await ringful.play(callId=call, announcement=sink.tones([(0, 4.5)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    recording = await recording_of(call, told=False)
    assert recording.says("my name is")
    assert not recording.has(WELCOME), "the recording holds only what the far end says"
    failed = [one for one in (await own.call(call))["callbacks"] if "record_notify.php" in one["url"]]
    assert failed and all(one["attempts"] for one in failed), failed
    assert {one["url"] for one in failed} == {"http://record_notify.php"}, "the URL is kept as it was given"
