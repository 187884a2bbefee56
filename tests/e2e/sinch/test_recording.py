"""Recordings of Sinch calls: started by a script or a PATCH, told when they are over, fetched by the link told."""

import io

import soundfile

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import GO_ON, HANG_UP, STOP_RECORDING, connect, ending, going_on, play, record, svaml
from tests.support import people
from tests.support.far_end import Sound, assert_hears, assert_melody
from tests.support.sink import Sink


async def recorded(customer: Customer, call: str) -> Sound:
    """The recording behind the link of `recording_available`."""
    finished = await customer.server.until("notify", call, type="recording_finished")
    available = await customer.server.until("notify", call, type="recording_available")
    assert finished.at <= available.at
    async with customer.own.session.get(available["destination"]) as answer:
        assert answer.status == 200, available.body
        samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="float32")
    return Sound(samples if samples.ndim == 1 else samples.mean(axis=1), rate, "the recording")


async def test_what_the_caller_says_is_recorded_from_ice_on(customer: Customer, network: Lab, sink: Sink) -> None:
    customer.server.answers(ice=ending(record(format="wav"), play(sink.tones([(0, 2.0), (620, 0.3)]))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    ice = await customer.server.until("ice")
    sound = await recorded(customer, ice.call)
    assert sound.has(440, 1.0) and sound.seconds > 1.5


async def test_record_true_on_a_connection_keeps_both_voices(customer: Customer, network: Lab) -> None:
    (callee, hz), *_ = people.speakers(1, first=5)
    customer.server.answers(ice=svaml(action=connect(callee, record=True)), ace=going_on())
    await network.dial(customer.number, people.SPEAKS_440, seconds=4)
    dice = await customer.server.until("dice")
    assert_hears(await recorded(customer, dice.call), [440, hz], [])


async def test_a_patch_starts_a_recording_and_another_stops_it(customer: Customer) -> None:
    call = await customer.conference(people.SPEAKS_440, "recorded", enable_dice=True)
    await customer.gathered("recorded", 1)
    await customer.patch(call, action=GO_ON | {"record": True})
    await customer.running(call, "record", seconds=1.0)
    await customer.patch(call, action={"name": "stopRecording"})
    sound = await recorded(customer, call)
    assert sound.has(440, 0.5)
    assert (await customer.result(call))["status"] == "ONGOING", "the call goes on"
    await customer.patch(call, action=HANG_UP)
    await customer.server.until("dice", call)
    assert len(customer.server.taken("notify", call, type="recording_available")) == 1


async def test_stop_recording_as_an_instruction_ends_it_before_the_call_does(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    steps = (record(format="wav"), play(sink.tone(500, 1.0)), STOP_RECORDING, play(sink.tone(700, 2.0)))
    customer.server.answers(ice=ending(*steps))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    ice = await customer.server.until("ice")
    sound = await recorded(customer, ice.call)
    assert 0.6 < sound.seconds < 2.0
    assert_melody((await customer.far(ice.call)).heard, 500, 700)


async def test_a_recording_without_notifications_is_kept_and_not_told(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    customer.server.answers(ice=ending(record(format="wav", notificationEvents=False), play(sink.tone(500, 1.0))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    dice = await customer.server.until("dice")
    assert (await customer.ended(dice.call))["recordings"]
    assert customer.server.kinds() == ["ice", "dice"]
