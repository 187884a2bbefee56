"""Telephones in a real browser: by the public port, with DTLS-SRTP and ICE."""

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.phones.conftest import Browser
from tests.faults.test_ring_groups import all_over
from tests.support import audio
from tests.support.browser_phone import MICROPHONE_RATE, BrowserPhone
from tests.support.carillon import Own
from tests.support.far_end import assert_hears
from tests.support.phone import Phone

CALLER, ANSWERS = 440.0, 820.0


def tone(hz: float) -> audio.Samples:
    """A browser's microphone."""
    return audio.sine(hz, 20, MICROPHONE_RATE)


@pytest.mark.parametrize("codec", ["opus", "g722"])
async def test_a_browser_calls_and_is_called_and_both_are_heard(phone: MakePhone, browser: Browser, codec: str) -> None:
    anna, idle = await phone(audio.sine(CALLER, 90)), await phone(register=False)
    ben = await browser(idle, tone(ANSWERS), codec=codec)
    await ben.ring(anna.number)
    await anna.pick_up()
    await ben.until("established")
    await _talk(anna, ben, codec)
    await ben.press("7")
    assert await anna.digits(1) == "7"
    await ben.hang_up()
    await anna.closed()
    await anna.ring(ben.number)
    assert await ben.pick_up() == anna.number
    await anna.until("CALL_ESTABLISHED")
    await _talk(anna, ben, codec)
    await ben.hold()
    await ben.resume()
    await ben.forget()
    before = heard_by(anna).seconds
    await ben.audible(1.5)
    await audible(anna, before + 2.0)
    assert_hears(await ben.heard(), [CALLER], [ANSWERS])
    assert_hears(heard_by(anna).part(before + 1.0), [ANSWERS], [CALLER])
    await anna.hang_up()
    await ben.until("ended")


async def test_a_browser_that_crashes_is_not_rung(phone: MakePhone, browser: Browser, own: Own) -> None:
    anna, idle = await phone(), await phone(register=False)
    ben = await browser(idle)
    await ben.die()
    await anna.ring(ben.number)
    await anna.closed(within=5)
    (leg,) = (leg for leg in await all_over(own, anna) if leg["direction"] == "outbound")
    assert leg["cause"] == "no_route", "its contact went with its websocket"


async def _talk(anna: Phone, ben: BrowserPhone, codec: str = "") -> None:
    await ben.audible(2.0)
    await audible(anna, 2.0)
    assert_hears(await ben.heard(), [CALLER], [ANSWERS])
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert await ben.codec_in_use() == f"audio/{codec}" or not codec


async def test_a_browser_rings_beside_the_desk_phone_of_its_extension(phone: MakePhone, browser: Browser) -> None:
    anna, desk = await phone(audio.sine(CALLER, 90)), await phone()
    ben = await browser(desk, tone(ANSWERS))
    await anna.ring(desk.number)
    await desk.until("CALL_INCOMING")
    await ben.pick_up()
    await desk.closed(within=5)
    await anna.until("CALL_ESTABLISHED")
    await _talk(anna, ben)
    await ben.hang_up()
    await anna.closed()
    await anna.ring(desk.number)
    await ben.until("incoming")
    await desk.pick_up()
    assert "Canceled" in await ben.until("ended")
    await anna.until("CALL_ESTABLISHED")
    await anna.hang_up()
