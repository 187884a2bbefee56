"""TringMe's conferences: participants and the admin dial the account's number and enter their PINs."""

import secrets

from tests.clients.tringme.client import TringMe
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.support import audio
from tests.support.carillon import Own
from tests.support.phone import Phone
from tests.support.scenario import until

LOW, HIGH = 573, 908


async def enter(phone: Phone, number: str, pin: str) -> None:
    await phone.dial(number.removeprefix("+"))
    await phone.press(f"{pin}#")


async def present(own: Own) -> int:
    """How many are in a conference of the account."""
    _, listed = await own.ask("GET", "rooms")
    counts = [await own.ask("GET", f"rooms/{room['number']}/participants") for room in listed["rooms"]]
    return sum(len(answer["participants"]) for _, answer in counts)


def some_pins() -> tuple[str, str]:
    """Two PINs that no other test has."""
    digits = f"{secrets.randbelow(10**7):07}"
    return f"71{digits}", f"82{digits}"


async def test_a_participant_and_the_admin_hear_each_other(tringme: TringMe, phone: MakePhone, own: Own) -> None:
    pin, admin_pin = some_pins()
    conference = await tringme.ok("createconference", pin=pin, apin=admin_pin)
    anna, host = await phone(audio.sine(LOW, 100)), await phone(audio.sine(HIGH, 100))
    await enter(anna, tringme.conference_number, pin)
    await enter(host, tringme.conference_number, admin_pin)
    await until(lambda: present(own), lambda count: count == 2, 40, "both are in it")
    for one, hz in ((anna, HIGH), (host, LOW)):
        began = heard_by(one).seconds
        await audible(one, began + 3.0)
        assert heard_by(one).part(began).has(hz, 1.0)
    await host.hang_up()
    await anna.closed()
    assert await tringme.ok("cancel", id=conference) == ""


async def test_a_cancelled_conference_and_one_that_has_not_begun_let_nobody_in(
    tringme: TringMe, phone: MakePhone
) -> None:
    pin, admin_pin = some_pins()
    early = await tringme.ok("createconference", pin=pin, apin=admin_pin, schedule="3600")
    anna = await phone(audio.sine(LOW, 100))
    await enter(anna, tringme.conference_number, pin)
    await anna.closed(within=40)
    assert await tringme.ok("cancel", id=early) == ""
    assert "id" in await tringme.failed("cancel", id=early)
    again = await tringme.ok("createconference", pin=pin, apin=admin_pin)
    assert again != early and await tringme.ok("cancel", id=again) == ""
