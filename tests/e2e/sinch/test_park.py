"""Parked calls: an intro once, then the hold prompt over and over, until a PATCH says where to."""

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import connect, ending, going_on, park, play, svaml
from tests.support import audio, people
from tests.support.far_end import assert_hears, assert_melody
from tests.support.sink import Sink


async def parked(customer: Customer, network: Lab, sink: Sink, seconds: int = 60) -> str:
    """A caller of 440 Hz who has heard the intro (500 Hz) and hears the hold prompt (700 Hz); the call's id."""
    action = park(f"#href[{sink.tone(500, 0.5)}]", sink.tones([(700, 0.4), (0, 0.2)]), seconds)
    customer.server.answers(ice=svaml(action=action), ace=going_on())
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    ice = await customer.server.until("ice")
    await customer.running(ice.call, "park", seconds=1.2)
    return ice.call


async def test_a_parked_caller_hears_the_intro_once_and_the_hold_prompt_until_time_is_over(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    call = await parked(customer, network, sink, seconds=3)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "TIMEOUT")
    heard = (await customer.far(call)).heard
    played = [round(tone.frequency, -2) for tone in audio.tones(heard.samples, heard.rate) if tone.seconds > 0.15]
    assert played[0] == 500 and set(played[1:]) == {700} and len(played) >= 4, played


async def test_a_patch_takes_a_parked_call_where_ice_would_have(customer: Customer, network: Lab, sink: Sink) -> None:
    ((callee, _),) = people.speakers(1, first=5)
    call = await parked(customer, network, sink)
    await customer.patch(call, action=connect(callee))
    ace = await customer.server.until("ace")
    assert ace.call == call
    await customer.bridged(call)
    await customer.patch(call, play(sink.tone(900, 0.8)), action={"name": "hangup"})
    dice = await customer.server.until("dice", call)
    assert dice["to"]["endpoint"] == f"+{callee}"
    heard = (await customer.far(call)).heard
    assert heard.has(500) and heard.has(900)
    assert not heard.part(heard.first(900)).has(700, 0.2), "the hold prompt is over"
    assert_hears((await customer.callee(call)).heard, [440], [700])


async def test_a_parked_call_can_be_told_something_and_hung_up(customer: Customer, network: Lab, sink: Sink) -> None:
    call = await parked(customer, network, sink)
    script = ending(play(sink.tone(900, 0.5)))
    answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", script)
    assert answer.status in (200, 204)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
    heard = (await customer.far(call)).heard
    assert_melody(heard.part(heard.first(900)), 900)


async def test_a_caller_that_hangs_up_while_parked_ends_the_call(customer: Customer, network: Lab, sink: Sink) -> None:
    customer.server.answers(ice=svaml(action=park(hold=sink.tone(700, 0.5))))
    await network.dial(customer.number, people.HANGS_UP, seconds=20)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
