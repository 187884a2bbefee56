"""A PATCH is done now: what a callout still has to say or to do comes after it."""

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import GO_ON, HANG_UP, STOP_RECORDING, menu, play, run_menu, svaml
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink


async def test_a_patch_speaks_into_a_callout_that_still_has_much_to_say(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.LISTENS, prompts=sink.tone(500, 8), enable_dice=True)
    await customer.answered(call)
    await customer.patch(call, play(sink.tone(700, 0.8)), action=HANG_UP)
    dice = await customer.server.until("dice", call)
    heard = (await customer.far(call)).heard
    assert heard.has(700)
    assert dice["duration"] <= 4, "and not when the callout has said all of its own"


async def test_a_callout_goes_on_behind_a_menu_that_a_patch_broke_into_it_with(customer: Customer, sink: Sink) -> None:
    customer.server.answers(pie=svaml(action=GO_ON))
    call = await customer.conference(
        people.PRESSES_1, "after", greeting=f"#href[{sink.tone(500, 4)}]", enable_pie=True
    )
    await customer.running(call, "play", seconds=0.8)
    await customer.patch(call, action=run_menu(menu(prompt=sink.tone(700, 0.8), options=[("1", "return(a)")])))
    pie = await customer.server.until("pie", call)
    assert pie["menuResult"]["value"] == "a"
    await customer.gathered("after", 1)
    await customer.patch(call, action=HANG_UP)
    assert_melody((await customer.far(call)).heard, 500, 700, 500)


async def test_a_recording_begins_in_the_middle_of_a_callouts_prompt(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.SPEAKS_440, prompts=sink.tones([(0, 4.0)]))
    await customer.answered(call)
    await customer.patch(call, action=GO_ON | {"record": True})
    await customer.running(call, "record", seconds=1.0)
    answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", svaml(STOP_RECORDING, action=GO_ON))
    assert answer.status in (200, 204)
    await customer.server.until("notify", call, type="recording_available", within=3)


async def test_a_patch_is_heard_by_somebody_who_is_alone_in_a_conference(customer: Customer, sink: Sink) -> None:
    call = await customer.conference(people.LISTENS, "alone")
    await customer.gathered("alone", 1)
    await customer.patch(call, play(sink.tone(700, 0.8)), action=HANG_UP)
    assert (await customer.far(call)).heard.has(700)
