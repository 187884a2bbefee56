"""Sinch's conference callouts: a greeting, then a room by the customer's own name."""

import secrets

from tests.support import audio, people
from tests.support.far_end import assert_hears
from tests.support.sinch import Customer
from tests.support.sinch_script import confer, going_on, svaml

(ANNA, ANNAS), (BEN, BENS) = people.speakers(2)


def room() -> str:
    """A name that no other test uses."""
    return f"room {secrets.token_hex(4)}"


async def test_two_who_are_called_hear_the_greeting_and_then_each_other(customer: Customer) -> None:
    conference = room()
    calls = [
        await customer.conference(one, conference, greeting="Hello there. My name is Carillon.", enable_dice=True)
        for one in (ANNA, BEN)
    ]
    await customer.talked(conference, 2, seconds=2)
    await customer.vendors(lambda voice: voice.conferences.kick_all(conference))
    for call, other, own in ((calls[0], BENS, ANNAS), (calls[1], ANNAS, BENS)):
        dice = await customer.server.until("dice", call)
        assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
        heard = (await customer.far(call)).heard
        began = next(tone.start for tone in audio.tones(heard.samples, heard.rate) if tone.seconds > 0.5)
        assert heard.part(0, began).says("my name is"), "the greeting"
        assert_hears(heard.part(began), [other], [own])
    assert customer.server.kinds() == ["dice", "dice"]


async def test_ace_decides_which_room(customer: Customer) -> None:
    wished, other = room(), room()
    customer.server.answers(ace=svaml(action=confer(other)))
    call = await customer.conference(ANNA, wished, enable_ace=True)
    await customer.server.until("ace", call)
    (participant,) = await customer.gathered(other, 1)
    assert participant.id == call
    assert await customer.gathered(wished, 0) == []


async def test_ace_answered_continue_joins_the_room_of_the_request(customer: Customer) -> None:
    conference = room()
    customer.server.answers(ace=going_on())
    call = await customer.conference(ANNA, conference, enable_ace=True)
    (participant,) = await customer.gathered(conference, 1)
    assert participant.id == call


async def test_the_longest_time_of_a_callout_ends_it(customer: Customer) -> None:
    call = await customer.conference(ANNA, room(), max_duration=2, enable_dice=True)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "TIMEOUT")
    assert 1 <= dice["duration"] <= 4
    assert 1.5 < (await customer.far(call)).heard.seconds < 4.0
