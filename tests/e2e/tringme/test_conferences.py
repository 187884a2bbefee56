"""TringMe's conferences: participants and the admin dial the account's number and enter their PINs."""

import secrets

from tests.clients.tringme.client import TringMe
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.support import audio
from tests.support.phone import Phone

LOW, HIGH = 573, 908


async def enter(phone: Phone, number: str, pin: str) -> None:
    await phone.dial(number.removeprefix("+"))
    await phone.press(f"{pin}#")


def some_pins() -> tuple[str, str]:
    """Two PINs that no other test has."""
    digits = f"{secrets.randbelow(10**7):07}"
    return f"71{digits}", f"82{digits}"


async def test_a_participant_and_the_admin_hear_each_other(tringme: TringMe, phone: MakePhone) -> None:
    pin, admin_pin = some_pins()
    conference = await tringme.ok("createconference", pin=pin, apin=admin_pin)
    anna, host = await phone(audio.sine(LOW, 100)), await phone(audio.sine(HIGH, 100))
    await enter(anna, tringme.conference_number, pin)
    await enter(host, tringme.conference_number, admin_pin)
    before = heard_by(anna).seconds
    await audible(anna, before + 12.0)
    await audible(host, 12.0)
    assert heard_by(anna).has(HIGH, 1.0) and heard_by(host).has(LOW, 1.0)
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
