"""What the stories of transfers are told with: phones that speak tones, and who hears whom from now on."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.support import audio
from tests.support.far_end import Sound
from tests.support.phone import Phone
from tests.support.sip_caller import SipCaller
from tests.support.system import System

TONES = (573, 908, 1245, 1582)
"""What the phones of a story speak (Hz), in their order."""
HEARD_SECONDS = 1.5
MOST_WINDOWS = 5
"""Of HEARD_SECONDS each, in which two who were connected begin to hear each other."""


async def three(phone: MakePhone, count: int = 3) -> list[Phone]:
    """Phones of one account, each with its tone, which print the SIP that they send and get."""
    return [await phone(audio.sine(hz, 90), trace=True) for hz in TONES[:count]]


async def connected(caller: Phone, callee: Phone) -> None:
    """One calls the other, who picks up."""
    await caller.ring(callee.number)
    await callee.pick_up()
    await caller.until("CALL_ESTABLISHED")


async def refer(phone: Phone, number: str, system: System, replaces: str = "") -> None:
    """A phone puts its call on hold and asks to transfer it, as one does whose user presses the key."""
    await phone.command("hold")
    await phone.command("transfer", f"sip:{number}@{system.sip}{f'?Replaces={replaces}' if replaces else ''}")


async def from_now(phone: Phone, call: int = -1) -> Sound:
    """What a phone hears in the next HEARD_SECONDS of one of its calls."""
    before = heard_by(phone, call).seconds if call != -1 or _hears(phone) else 0.0
    await audible(phone, before + HEARD_SECONDS)
    return heard_by(phone, call).part(before)


async def talk(*phones: tuple[Phone, int], strangers: Sequence[int] = ()) -> None:
    """Wait until these, each with its tone, hear each other, and fail if they do not, or hear a stranger or themselves.

    What was under way when the wait began is not looked at.
    """
    for phone, _ in phones:
        await from_now(phone)
    for phone, own in phones:
        others = [hz for _, hz in phones if hz != own]
        heard = await from_now(phone)
        for _ in range(MOST_WINDOWS):
            if all(heard.has(hz) for hz in others):
                break
            heard = await from_now(phone)
        assert all(heard.has(hz) for hz in others), f"{phone.number} hears {heard.melody()} and not {others}"
        assert not any(heard.has(hz) for hz in (own, *strangers)), f"{phone.number} hears {heard.melody()}"


def sipfrags(phone: Phone) -> list[str]:
    """What a phone was told of its transfer: the status lines in NOTIFYs (RFC 3515 section 2.4.5), in their order."""
    return re.findall(r"^NOTIFY sip:.*?^Event: refer.*?\n\s*\n(SIP/2\.0 \d+ [^\r\n]*)", phone.traced(), re.M | re.S)


def dialog(phone: Phone, number: str) -> str:
    """The dialog of the call that a phone placed to a number, as Replaces in a Refer-To names it (RFC 3891 section 3).

    From the side of whoever is to look it up: to-tag is its own, the phone's From tag is from-tag.
    """
    answers = re.findall(r"^SIP/2\.0 (?:180|183|200) .*?\n\s*\n", phone.traced(), re.M | re.S)
    found = [one for one in answers if re.search(rf"^To:.*sip:{number}@", one, re.M) and "INVITE" in one]
    call_id, to_tag, from_tag = (
        re.search(pattern, found[-1], re.M)[1].strip()  # type: ignore[index]
        for pattern in (r"^Call-ID:([^\r\n]*)", r"^To:.*;tag=([^;\r\n]*)", r"^From:.*;tag=([^;\r\n]*)")
    )
    return f"{call_id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}"


@asynccontextmanager
async def on_the_phone(line: SipCaller, callee: Phone, tone: int) -> AsyncIterator[SipCaller]:
    """A telephone of the test's own calls a phone, which picks up, and speaks a tone; it hangs up at the end."""
    calling = asyncio.create_task(line.call(callee.number, seconds=60, tone=tone), name="a call")
    try:
        await callee.pick_up()
        await line.up.wait()
        yield line
        line.ask("BYE")
        await callee.closed()
    finally:
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)


async def notified(line: SipCaller) -> list[str]:
    """The status codes that a telephone was told of its transfer, in their order."""
    found = [re.search(r"^SIP/2\.0 (\d+)", one, re.M) for one in line.result.requests if one.startswith("NOTIFY")]
    return [one[1] for one in found if one]


def hears(line: SipCaller, tone: int) -> bool:
    """Whether a telephone heard a tone in the last second."""
    pcm = np.frombuffer(line.result.pcm()[-16_000:], dtype=np.int16).astype(np.float32) / 32768
    return audio.has_tone(pcm, 8000, tone, 0.5)


def _hears(phone: Phone) -> bool:
    try:
        phone.heard()
    except AssertionError:
        return False
    return True
