"""Scripts that are well-formed and ask for what this server cannot do: notified, and the call ends; never half done."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import (
    HANG_UP,
    Script,
    connect,
    connect_sip,
    ending,
    menu,
    play,
    record,
    run_menu,
    svaml,
)
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink

TRANSCRIBED = {"transcriptionOptions": {"enabled": True, "locale": "en-US"}}
STREAM = {"name": "connectStream", "destination": {"type": "websocket", "endpoint": "wss://stream.example/a"}}
ELSEWHERE = {"destinationUrl": "azure://account/container", "credentials": "secret"}

# What ICE is answered, and a word of the sentence that says why not.
CANNOT: dict[str, tuple[Script, str]] = {
    "a stream": (svaml(action=STREAM), "connectStream"),
    "tls": (svaml(action=connect_sip("ben@127.0.0.5", transport="tls")), "transport tls"),
    "transcription": (svaml(record(**TRANSCRIBED), action=HANG_UP), "transcribe"),
    "transcription of a connection": (
        svaml(action=connect(people.SPEAKS_440, record=True, recordingOptions=TRANSCRIBED)), "transcribe",
    ),
    "a recording for another cloud": (svaml(record(**ELSEWHERE), action=HANG_UP), "s3://"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "word"), CANNOT.values(), ids=CANNOT)
async def test_an_ice_that_asks_for_it_is_notified_and_nobody_is_called(
    customer: Customer, network: Lab, script: Script, word: str
) -> None:
    customer.server.answers(ice=script)
    await network.dial(customer.number, people.LISTENS, seconds=15)
    notice = await customer.server.until("notify")
    assert (notice["type"], notice["errorCode"]) == ("callingerror", 40001)
    assert word in notice["errorMsg"]
    dice = await customer.server.until("dice", notice.call)
    assert (dice["result"], dice["reason"]) == ("FAILED", "CALLBACKERROR")
    ended = await customer.ended(dice.call)
    assert (ended["legs"], ended["recordings"]) == ([], [])
    assert sorted(customer.server.kinds()) == ["dice", "ice", "notify"]


async def test_an_ace_that_asks_for_it_ends_the_answered_call_and_plays_nothing(customer: Customer, sink: Sink) -> None:
    customer.server.answers(ace=svaml(play(sink.tone(830, 0.6)), record(**TRANSCRIBED), action={"name": "continue"}))
    call = await customer.tts(people.LISTENS, prompts=sink.tone(620, 2), enable_ace=True, enable_dice=True)
    notice = await customer.server.until("notify", call, type="callingerror")
    assert notice["errorCode"] == 40001 and "transcribe" in notice["errorMsg"]
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLBACKERROR")
    assert_melody((await customer.far(call)).heard)


async def test_a_pie_that_asks_for_it_ends_the_call_after_the_menu(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    main = menu(prompt=sink.tone(500, 0.5), timeoutMills=500, options=[("1", "return(one)")])
    pie = svaml(play(sink.tone(830, 0.6)), action=connect_sip("ben@127.0.0.5", transport="tls"))
    customer.server.answers(ice=svaml(action=run_menu(main)), pie=pie)
    await network.dial(customer.number, people.LISTENS, seconds=15)
    notice = await customer.server.until("notify")
    assert notice["errorCode"] == 40001 and "transport tls" in notice["errorMsg"]
    dice = await customer.server.until("dice", notice.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLBACKERROR")
    assert not (await customer.far(dice.call)).heard.has(830)


async def test_a_patch_that_asks_for_it_is_refused_and_the_call_goes_on(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.LISTENS, prompts=sink.tones([(500, 1.5), (700, 0.6)]), enable_dice=True)
    await customer.answered(call)
    wanted = {"name": "startRecording", "recordingOptions": TRANSCRIBED}
    answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", svaml(action=wanted))
    assert answer.status == 400 and "transcribe" in answer.body["message"], answer
    answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", ending(record(**TRANSCRIBED)))
    assert answer.status == 400 and "transcribe" in answer.body["message"], answer
    assert_melody((await customer.far(call)).heard, 500, 700)
    await customer.server.until("dice", call)
    assert customer.server.kinds() == ["dice"], "who asks by PATCH is told in the answer"
