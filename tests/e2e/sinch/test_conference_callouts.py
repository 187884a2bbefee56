"""Sinch's conference callouts: a greeting, then a room by the customer's own name."""

import secrets

import pytest

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import confer, going_on, svaml
from tests.support import audio, people
from tests.support.far_end import assert_hears
from tests.support.sounds import MUSIC

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


@pytest.mark.parametrize("music", ["ring", "music2"])
async def test_who_was_called_and_waits_alone_hears_the_music_that_was_wished(customer: Customer, music: str) -> None:
    call = await customer.conference(people.LISTENS, room(), moh_class=music, max_duration=2)
    first = (await customer.far(call)).heard.loud(0.8)
    assert [name for name, chord in MUSIC.items() if first.holds(*chord)] == [music]


async def test_the_longest_time_of_one_callout_ends_that_one_and_the_others_talk_on(customer: Customer) -> None:
    conference = room()
    ben = await customer.conference(BEN, conference, enable_dice=True)
    await customer.gathered(conference, 1)
    anna = await customer.conference(ANNA, conference, max_duration=3, enable_dice=True)
    dice = await customer.server.until("dice", anna)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "TIMEOUT")
    assert 2 <= dice["duration"] <= 5
    (left,) = await customer.gathered(conference, 1)
    assert left.id == ben
    await customer.patch(ben, action={"name": "hangup"})
    assert (await customer.server.until("dice", ben))["reason"] == "MANAGERHANGUP"
    assert_hears((await customer.far(anna)).heard, [BENS], [ANNAS])
    assert_hears((await customer.far(ben)).heard, [ANNAS], [BENS])
