"""Each phone registers, calls, is called, holds, presses keys, rings beside another one, transfers and is forwarded.

Both ends hear each other.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.e2e.conftest import MakePhone, extension, phone
from tests.e2e.phones.conftest import Beside, Browser, MakeLinphone, beside, browser, linphone
from tests.matrix.telephones import BaresipTelephone, BrowserTelephone, LinphoneTelephone, Telephone
from tests.support import audio
from tests.support.browser_phone import MICROPHONE_RATE
from tests.support.carillon import Account, Admin
from tests.support.far_end import assert_hears
from tests.support.linphone import RATE as linphone_rate
from tests.support.phone import RATE

__all__ = ["beside", "browser", "extension", "linphone", "phone"]
OTHER, OURS, SECOND = 440.0, 820.0, 1240.0
BARESIP: dict[str, dict[str, Any]] = {
    "baresip by UDP": {},
    "baresip by TCP": {"transport": "tcp"},
    "baresip by TLS, SRTP": {"transport": "tls", "srtp": True},
    "baresip by UDP, SRTP": {"srtp": True},
}
JSSIP = {"JsSIP, Opus": "opus", "JsSIP, G.722": "g722", "JsSIP, PCMU": "pcmu"}
LINPHONE: dict[str, dict[str, Any]] = {
    "Linphone by UDP": {},
    "Linphone by TCP, SRTP": {"transport": "tcp", "srtp": True},
}
KINDS = (*BARESIP, *LINPHONE, *JSSIP)
Make = Callable[..., Awaitable[Telephone]]


@pytest.fixture
async def telephone(phone: MakePhone, beside: Beside, browser: Browser, linphone: MakeLinphone) -> Make:
    """Makes a telephone of a kind, that speaks a tone: `await telephone(kind, hz)`; `of`: of the same extension."""

    async def make(kind: str, hz: float, of: Telephone | None = None) -> Telephone:
        own = of.phone if of else await phone(register=False)
        if kind in JSSIP:
            tone = audio.sine(hz, 20, MICROPHONE_RATE)
            return BrowserTelephone(await browser(own, tone, codec=JSSIP[kind]))
        if kind in LINPHONE:
            return LinphoneTelephone(await linphone(own, audio.sine(hz, 100, linphone_rate), **LINPHONE[kind]))
        return BaresipTelephone(await beside(own, audio.sine(hz, 100, RATE), trace=True, **BARESIP[kind]))

    return make


async def _heard(one: Telephone, other: Telephone, hz: float, other_hz: float) -> None:
    """Both hear each other, from now on."""
    since = [await each.begin() for each in (one, other)]
    for each, start, wanted, own in ((one, since[0], other_hz, hz), (other, since[1], hz, other_hz)):
        if heard := await each.listen(start):
            assert_hears(heard, [wanted], [own])


@pytest.mark.parametrize("way", ["out", "in"])
@pytest.mark.parametrize("kind", KINDS)
async def test_each_phone_registers_calls_and_is_called_holds_and_presses_keys(
    kind: str, way: str, telephone: Make
) -> None:
    anna, ben = await telephone("baresip by UDP", OTHER), await telephone(kind, OURS)
    caller, callee = (ben, anna) if way == "out" else (anna, ben)
    await caller.ring(callee.number)
    await callee.pick_up()
    await caller.established()
    await _heard(anna, ben, OTHER, OURS)
    await ben.press("4")
    assert await anna.digit() == "4"
    await ben.hold()
    await ben.resume()
    await _heard(anna, ben, OTHER, OURS)
    await anna.hold()
    await anna.resume()
    await _heard(anna, ben, OTHER, OURS)
    await ben.hang_up()
    await anna.ended()


@pytest.mark.parametrize("kind", KINDS)
async def test_each_phone_rings_beside_another_one_of_its_extension(kind: str, telephone: Make) -> None:
    anna, ben = await telephone("baresip by UDP", OTHER), await telephone("baresip by UDP", OURS)
    second = await telephone(kind, SECOND, of=ben)
    for answering, other, hz in ((second, ben, SECOND), (ben, second, OURS)):
        await anna.ring(ben.number)
        await other.rings()
        await answering.pick_up()
        await anna.established()
        await other.ended()
        await _heard(anna, answering, OTHER, hz)
        await anna.hang_up()
        await answering.ended()


@pytest.mark.parametrize("kind", KINDS)
async def test_each_phone_transfers_its_call(kind: str, telephone: Make) -> None:
    anna, ben = await telephone("baresip by UDP", OTHER), await telephone(kind, OURS)
    cleo = await telephone("baresip by UDP", SECOND)
    await anna.ring(ben.number)
    await ben.pick_up()
    await anna.established()
    await _heard(anna, ben, OTHER, OURS)
    await ben.transfer(cleo.number)
    await cleo.pick_up()
    await ben.ended()
    await _heard(anna, cleo, OTHER, SECOND)
    await cleo.hang_up()
    await anna.ended()


@pytest.mark.parametrize("why", ["always", "busy", "no_answer"])
@pytest.mark.parametrize("kind", KINDS)
async def test_each_phone_is_forwarded_to_another_one(
    kind: str, why: str, telephone: Make, admin: Admin, account: Account
) -> None:
    anna, ben = await telephone("baresip by UDP", OTHER), await telephone(kind, OURS)
    cleo = await telephone(kind, SECOND)
    settings = {"account": account.name, why: f"extension:{cleo.number}", "ring_seconds": 3}
    await admin.ask("PATCH", f"extensions/{ben.number}", settings)
    await anna.ring(ben.number)
    if why != "always":
        await ben.rings()
    if why == "busy":
        await ben.decline()
    await cleo.pick_up()
    await anna.established()
    await _heard(anna, cleo, OTHER, SECOND)
    await cleo.hang_up()
    await anna.ended()
