"""Ringful's operations on calls, and their callbacks, key by key."""

from typing import Any

import pytest

from engine.commands import PlaceCall
from engine.model.call import Party
from engine.tasks.play import Play
from engine.tasks.results import Failed, Stopped
from tests.api.conftest import Stack
from tests.fakes.sink import Sink

WAV = "http://host/welcome.wav"


async def answered(stack: Stack, **parameters: str) -> str:
    call = await stack.ok("Call", callee="12015550100", **parameters)
    await stack.engine.answer(call)
    return call


async def test_call_answers_with_the_bare_id_before_anybody_picks_up(stack: Stack) -> None:
    async with stack.client.get("/Call/apikey/key-of-ann", params={"callee": "12015550100", "seq": "1"}) as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    assert text in stack.engine.calls and text == text.strip()


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("15123006828", "15123006828"),
        ("+1 (512) 300-6828", "15123006828"),
        ("512.300.6828", "15123006828"),
        ("442071234567", "442071234567"),
        ("100", "100"),
    ],
)
async def test_the_number_is_read_as_customers_write_it(stack: Stack, written: str, digits: str) -> None:
    await stack.ok("Call", callee=written, callerId="12015550199")
    command = stack.engine.commands[-1]
    assert isinstance(command, PlaceCall)
    assert (command.account, command.callee, command.options.caller) == ("account-ann", digits, "12015550199")


async def test_a_call_tells_its_answer_and_the_callees_hang_up_with_the_bill(stack: Stack, sink: Sink) -> None:
    call = await answered(stack, callbackUrl=sink.url())
    await stack.engine.end(call, Party.FAR, seconds=61.0, price=15_000)
    assert await sink.take(2) == [
        {"action": "CallEstablished", "callId": call},
        {"action": "CalleeHangUp", "callId": call, "billAmount": "0.015"},
    ]


async def test_a_call_that_nobody_answers_ends_with_a_server_hangup_for_nothing(stack: Stack, sink: Sink) -> None:
    call = await stack.ok("Call", callee="12015550104", callbackUrl=sink.url())
    await stack.engine.end(call, Party.FAR)
    assert await sink.next() == {"action": "ServerHangup", "callId": call, "billAmount": "0"}


async def test_without_a_callback_url_nobody_is_told(stack: Stack, sink: Sink) -> None:
    silent = await answered(stack)
    await stack.ok("Play", callId=silent, announcement=WAV)
    await stack.engine.end(silent)
    await stack.settle()
    assert sink.posts == []


@pytest.mark.parametrize("spelling", [{}, {"immediate": "true"}, {"immediately": "TRUE"}])
async def test_hangup_is_immediate_unless_told_otherwise(stack: Stack, sink: Sink, spelling: dict[str, str]) -> None:
    call = await answered(stack, callbackUrl=sink.url())
    await stack.ok("Play", callId=call, announcement=WAV)
    assert await stack.ok("Hangup", callId=call, **spelling) == ""
    assert [post["action"] for post in await sink.take(2)] == ["CallEstablished", "ServerHangup"]


async def test_a_queued_hangup_waits_for_the_announcement(stack: Stack, sink: Sink) -> None:
    call = await answered(stack, callbackUrl=sink.url())
    await stack.ok("Play", callId=call, announcement=WAV, callbackUrl=sink.url())
    assert await stack.ok("Hangup", callId=call, immediate="false") == ""
    assert call in stack.engine.calls
    await stack.engine.finish(call)
    actions = [post["action"] for post in await sink.take(4)]
    assert actions == ["CallEstablished", "PlayStart", "PlayComplete", "ServerHangup"]


async def test_a_play_tells_start_and_end_with_the_announcement_as_written(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    announcement = "http://host//welcome message.wav?a=1&b=%20"
    assert await stack.ok("Play", callId=call, announcement=announcement, callbackUrl=sink.url()) == ""
    await stack.engine.finish(call)
    assert await sink.take(2) == [
        {"action": "PlayStart", "announcement": announcement, "callId": call},
        {"action": "PlayComplete", "announcement": announcement, "callId": call},
    ]


async def test_a_play_need_not_be_waited_for(stack: Stack) -> None:
    call = await answered(stack)
    await stack.ok("Play", callId=call, announcement="file:///opt/some.wav", waitComplete="false")
    await stack.ok("Record", callId=call)
    first, second = stack.engine.queues[call].everything
    assert (first.source, first.wait) == ("file:///opt/some.wav", False)  # type: ignore[union-attr]
    assert stack.engine.queues[call].background == [first, second]


async def test_a_failed_announcement_is_play_failed_and_never_complete(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    await stack.ok("Play", callId=call, announcement="http://host/broken.wav", callbackUrl=sink.url())
    await stack.ok("Play", callId=call, announcement=WAV, callbackUrl=sink.url())
    assert await sink.take(2) == [
        {"action": "PlayFailed", "announcement": "http://host/broken.wav", "callId": call, "reason": "not_audio"},
        {"action": "PlayStart", "announcement": WAV, "callId": call},
    ]


@pytest.mark.parametrize("outcome", [Stopped("requested"), Stopped("call_ended")])
async def test_a_play_cut_short_is_neither_complete_nor_failed(stack: Stack, sink: Sink, outcome: Any) -> None:
    call = await answered(stack, callbackUrl=sink.url("/call"))
    await stack.ok("Play", callId=call, announcement=WAV, callbackUrl=sink.url("/play"))
    await stack.engine.finish(call, outcome)
    await stack.settle()
    assert [post.fields["action"] for post in sink.posts if post.path == "/play"] == ["PlayStart"]


async def test_a_recording_tells_its_start_and_its_link(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    for _ in range(2):
        assert await stack.ok("Record", callId=call, callbackUrl=sink.url()) == ""
        assert await stack.ok("StopRecord", callId=call, immediate="true") == ""
    started, completed, again, repeated = await sink.take(4)
    assert started == again == {"action": "RecordStart", "callId": call}
    assert {key: completed[key] for key in ("action", "callId")} == {"action": "RecordComplete", "callId": call}
    assert completed["recordFile"].startswith("http://api.test/recordings/")
    assert completed["recordFile"].endswith(f"/{call}.wav")
    assert repeated["recordFile"].endswith(f"/{call}-2.wav")
    assert set(completed) == {"action", "callId", "recordFile"}


@pytest.mark.parametrize("name", ["StopRecord", "RecordStop", "recordstop"])
@pytest.mark.parametrize("immediate", ["true", "false"])
async def test_stopping_the_recorder_stops_only_it(stack: Stack, sink: Sink, name: str, immediate: str) -> None:
    call = await answered(stack)
    await stack.ok("Record", callId=call, callbackUrl=sink.url())
    assert await stack.ok(name, callId=call, immediate=immediate) == ""
    assert [post["action"] for post in await sink.take(2)] == ["RecordStart", "RecordComplete"]
    assert call in stack.engine.calls


async def test_the_users_hang_up_completes_the_recording(stack: Stack, sink: Sink) -> None:
    call = await answered(stack, callbackUrl=sink.url())
    await stack.ok("Record", callId=call, callbackUrl=sink.url())
    await stack.engine.end(call)
    actions = [post["action"] for post in await sink.take(4)]
    assert actions == ["CallEstablished", "RecordStart", "RecordComplete", "CalleeHangUp"]


async def test_wait_for_tone_tells_the_tone_and_every_misfire(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    assert await stack.ok("WaitForTone", callId=call, tone="1, 2,#,a", callbackUrl=sink.url()) == ""
    assert stack.engine.queues[call].everything[0].accept == ("1", "2", "#", "A")  # type: ignore[union-attr]
    await stack.engine.press(call, "5")
    await stack.engine.press(call, "#")
    await stack.engine.press(call, "1")  # nobody waits any more
    await stack.settle()
    assert [post.fields for post in sink.posts] == [
        {"action": "WaitForToneMisfire", "callId": call, "tone": "5"},
        {"action": "WaitForToneDetected", "callId": call, "tone": "#"},
    ]


async def test_the_detector_tells_every_tone_beside_wait_for_tone(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    assert await stack.ok("StartToneDetector", callId=call, callbackUrl=sink.url("/detector")) == ""
    await stack.ok("WaitForTone", callId=call, tone="1", callbackUrl=sink.url("/wait"))
    for digit in "51":
        await stack.engine.press(call, digit)
    await stack.settle()
    assert [post.fields for post in sink.posts if post.path == "/detector"] == [
        {"action": "ToneDetectorStart", "callId": call},
        {"action": "ToneDetected", "callId": call, "tone": "5"},
        {"action": "ToneDetected", "callId": call, "tone": "1"},
    ]
    assert [post.fields["action"] for post in sink.posts if post.path == "/wait"] == [
        "WaitForToneMisfire",
        "WaitForToneDetected",
    ]


@pytest.mark.parametrize("immediate", ["true", "false"])
@pytest.mark.parametrize("own_url", [True, False])
async def test_the_detectors_end_is_told_where_the_stop_asks(
    stack: Stack, sink: Sink, immediate: str, own_url: bool
) -> None:
    call = await answered(stack)
    await stack.ok("StartToneDetector", callId=call, callbackUrl=sink.url("/start"))
    url = {"callbackUrl": sink.url("/stop")} if own_url else {}
    assert await stack.ok("StopToneDetector", callId=call, immediate=immediate, **url) == ""
    await stack.settle()
    last = sink.posts[-1]
    assert last.fields == {"action": "ToneDetectorStop", "callId": call}
    assert last.path == ("/stop" if own_url else "/start")


async def test_the_documents_example_sequence(stack: Stack, sink: Sink) -> None:
    """Six requests with only key, callee and host replaced; the sloppy URL is given up and harms nothing."""
    host, sig = sink.url("").removeprefix("http://"), {"seq": "1234", "sig": "abcd"}
    call = await stack.ok("Call", callee="12015550102", callbackUrl=f"http://{host}/call_notify.php", **sig)
    await stack.ok("Play", callId=call, announcement=f"http://{host}/welcome_message.wav", **sig)
    await stack.ok("Play", callId=call, announcement=f"http://{host}/please_press_1.wav", **sig)
    await stack.ok("WaitForTone", callId=call, tone="1", **sig)
    await stack.ok("Record", callId=call, callbackUrl="http://record_notify.php", **sig)
    await stack.ok("StartToneDetector", callId=call, callbackUrl=f"http://{host}//tone_notify.php", **sig)
    await stack.engine.answer(call)
    await stack.engine.finish(call)
    await stack.engine.finish(call)
    await stack.engine.press(call, "1")
    await stack.engine.press(call, "7")
    await stack.engine.end(call)
    await stack.settle()
    by_path = {
        path: [p.fields["action"] for p in sink.posts if p.path == path] for path in {p.path for p in sink.posts}
    }
    assert by_path == {
        "/call_notify.php": ["CallEstablished", "CalleeHangUp"],
        "//tone_notify.php": ["ToneDetectorStart", "ToneDetected", "ToneDetectorStop"],
    }
    lost = await stack.delivery.dead()
    assert [row.url for row in lost] == ["http://record_notify.php"] * 2
    assert all("record_notify.php" in (row.error or "") for row in lost)


async def test_a_failed_outcome_of_a_detector_is_no_stop(stack: Stack, sink: Sink) -> None:
    call = await answered(stack)
    await stack.ok("StartToneDetector", callId=call, callbackUrl=sink.url())
    task = stack.engine.queues[call].background.pop()
    await stack.engine._ended(call, task, Failed("internal_error"))
    await stack.settle()
    assert [post.fields["action"] for post in sink.posts] == ["ToneDetectorStart"]


async def test_an_uploaded_file_plays_by_the_name_that_the_command_line_shows(stack: Stack, sink: Sink) -> None:
    call = await stack.ok("Call", callee="12015550100")
    await stack.ok("Play", callId=call, announcement="upload:welcome/hello.wav", callbackUrl=sink.url())
    played = [task for task in stack.engine.queues[call].everything if isinstance(task, Play)]
    assert [task.source for task in played] == ["upload:welcome/hello.wav"]
    for name in ("upload:", "upload:../secret.wav", "upload:a;b"):
        status, text = await stack.ask("Play", callId=call, announcement=name)
        assert status == 400 and "announcement" in text, name
