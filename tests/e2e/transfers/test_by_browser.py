"""Transfers that a browser asks for: JsSIP by the public port, and what each party hears."""

import secrets

from tests.e2e.calls.test_inbound import heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.phones.conftest import Browser, browser
from tests.e2e.transfers.story import TONES, from_now, talk
from tests.support import audio, people
from tests.support.browser_phone import MICROPHONE_RATE, BrowserPhone
from tests.support.carillon import Own
from tests.support.phone import Phone
from tests.support.scenario import LabEars, call_ended, until

__all__ = ["browser", "leading"]
ANNA, BEN, CLEO, _ = TONES
PREMIUM = "19005550100"


async def called(anna: Phone, ben: BrowserPhone) -> None:
    """A phone calls the browser, which picks up."""
    await anna.ring(ben.number)
    await ben.pick_up()
    await anna.until("CALL_ESTABLISHED")
    await from_now(anna)


async def transferred(ben: BrowserPhone, number: str = "") -> None:
    """The browser transfers its call, and is told that it did."""
    await ben.transfer(number)
    assert await ben.until("transferred") == "200"
    await ben.until("ended")


async def test_a_browser_transfers_to_an_extension_a_number_an_application_and_a_conference(
    phone: MakePhone, browser: Browser, leading: Leading, own: Own, lab: LabEars
) -> None:
    anna, idle = await phone(audio.sine(ANNA, 90), trace=True), await phone(register=False)
    cleo = await phone(audio.sine(CLEO, 90), trace=True)
    ben = await browser(idle, audio.sine(BEN, 20, MICROPHONE_RATE))
    await called(anna, ben)
    await ben.transfer(cleo.number)
    await cleo.pick_up()
    assert await ben.until("transferred") == "200"
    await ben.until("ended")
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()

    await called(anna, ben)
    await transferred(ben, people.LISTENS)
    _, body = await own.ask("GET", "calls?live=true&limit=20")
    third = next(one for one in body["calls"] if one["callee"] == people.LISTENS)
    await until(lambda: own.call(third["id"]), lambda seen: seen["seconds"] > 2, what="the two talk")
    await own.ask("DELETE", f"calls/{third['id']}")
    await call_ended(own, third["id"])
    assert (await lab.of(third["id"])).heard.has(ANNA, 1.0)
    await anna.closed()

    room = await leading(f"room:{secrets.token_hex(4)}")
    await cleo.dial(room)
    await called(anna, ben)
    await transferred(ben, room)
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.hang_up()

    says = await leading({"tasks": [{"kind": "say", "text": "My name is Carillon."}, {"kind": "hang_up"}]})
    await called(anna, ben)
    await transferred(ben, says)
    await anna.closed()
    heard = heard_by(anna)
    assert heard.part(heard.seconds - 3.5).says("my name is"), "the recogniser misses it behind the browser's loud tone"


async def test_a_browser_that_speaks_to_somebody_first_joins_the_two(phone: MakePhone, browser: Browser) -> None:
    anna, idle = await phone(audio.sine(ANNA, 90), trace=True), await phone(register=False)
    cleo = await phone(audio.sine(CLEO, 90), trace=True)
    ben = await browser(idle, audio.sine(BEN, 20, MICROPHONE_RATE))
    await called(anna, ben)
    await ben.hold()
    await ben.ring(cleo.number)
    await cleo.pick_up()
    await ben.until("established")
    await from_now(cleo)
    assert (await from_now(cleo)).has(BEN), "the browser asks first"
    await transferred(ben)
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()


async def test_a_browser_whose_transfer_fails_has_its_call_back(phone: MakePhone, browser: Browser) -> None:
    anna, idle = await phone(audio.sine(ANNA, 90), trace=True), await phone(register=False)
    cleo = await phone(trace=True)
    ben = await browser(idle, audio.sine(BEN, 20, MICROPHONE_RATE))
    await called(anna, ben)
    await ben.transfer(PREMIUM)
    assert await ben.until("kept") == "603"
    await ben.transfer(cleo.number)
    await cleo.until("CALL_INCOMING")
    await cleo.command("hangup")
    assert await ben.until("kept") == "503"
    await from_now(anna)
    assert (await from_now(anna)).has(BEN), "the party hears the browser again"
    await ben.forget()
    await ben.audible(1.5)
    assert (await ben.heard()).has(ANNA, 1.0)
    await ben.hang_up()
    await anna.closed()
