"""Odd files by telephone, signed addresses, and texts that are spoken otherwise than they are written."""

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import ending, play, say
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.odd_audio import CASES
from tests.support.scenario import LabEars
from tests.support.sink import File, Sink

HEARD = {
    "WAV, length of the sound 2,000,000,000": 500,
    "WAV, length 0, of the file 0": 620,
    "MP3 without Xing's header": 700,
    "MP3 with that and without Xing's header": 830,
    "stereo, the right channel the opposite of the left": 970,
}
SIGNED = "f%28g%29.wav?sig=a%2Fb%3D&t=%7Ex"


async def test_a_handful_of_odd_files_is_heard_in_one_call_each_to_its_end(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    for case in CASES:
        if hz := HEARD.get(case.name):
            await ringful.play(callId=call, announcement=sink.file(f"{hz}", File(case.make(hz))))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    heard = (await lab.of(call)).heard
    outcomes = [task["outcome"] for task in (await lab.own.call(call))["tasks"]]
    assert [outcome for outcome in outcomes if outcome["type"] != "completed"] == []
    assert_melody(heard, *HEARD.values())
    assert all(1.3 < heard.lasted(hz) < 1.7 for hz in HEARD.values()), {hz: heard.lasted(hz) for hz in HEARD.values()}


async def test_a_signed_address_is_asked_for_byte_for_byte(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    leads = sink.file("leads", File(b"", redirect=sink.url(SIGNED.replace("%28", "%5B"))))
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    for url in (sink.url(SIGNED), leads):
        await ringful.play(callId=call, announcement=url)
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    asked = [one.path for one in sink.received if "sig=" in one.path]
    assert asked == [f"/{SIGNED}", f"/{SIGNED.replace('%28', '%5B')}"]


async def test_what_is_put_together_badly_or_in_other_letters_is_spoken_with_a_remark(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(ice=ending(
        play("#ssml[<speak>My name is Tom & Jerry</speak>]"), play(sink.tone(500, 0.4)), say("你好。欢迎致电。"),
        play(sink.tone(700, 0.4)), say("* my name is Carillon"),
    ))  # fmt: skip
    await network.dial(customer.number, people.LISTENS, seconds=20)
    dice = await customer.server.until("dice")
    heard = (await customer.far(dice.call)).heard
    first, second = heard.first(500), heard.first(700)
    assert heard.part(0, first).says("my name is")
    assert heard.part(first + 0.4, second).level > -40, "Chinese is spoken"
    assert heard.part(second + 0.4).says("my name is")
    events = (await customer.own.call(dice.call))["events"]
    remarks = {event["event"]: event["remark"] for event in events if "remark" in event}
    assert remarks.keys() == {"reply_remarked", "task_remarked"}
    assert "&amp;" in remarks["reply_remarked"] and "Chinese letters" in remarks["task_remarked"]
