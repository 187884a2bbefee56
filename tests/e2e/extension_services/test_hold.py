"""Calls that are held and resumed: what both ends hear, in every way in which phones do it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from engine.features.endpoints.provisioner import RTP_TIMEOUT
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeExtension, MakePhone
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER, Leading, leading
from tests.support import audio
from tests.support.far_end import Sound
from tests.support.holding_caller import PCMA, PCMU, HoldingCaller
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import System

__all__ = ["leading"]
Way = Callable[[], Any]


def holding(extension: Any, system: System) -> HoldingCaller:
    """A telephone of an extension that can hold."""
    host, _, port = system.sip.partition(":")
    return HoldingCaller(host, int(port), caller=extension.user, password=extension.password)


def heard_since(caller: HoldingCaller, since: float, seconds: float) -> Sound:
    """What a caller heard from a moment on, for so many seconds."""
    samples = np.frombuffer(caller.result.pcm(since, since + seconds), "<i2").astype(np.float32) / 32768
    return Sound(samples, 8000, f"what the caller heard from {since:.1f} s")


@asynccontextmanager
async def up(caller: HoldingCaller, ben: Phone, number: str = "") -> AsyncIterator[None]:
    """The caller talks with a phone, or in a room, while the block runs."""
    calling = asyncio.create_task(caller.call(number or ben.number, seconds=90, tone=CALLER), name="the caller")
    try:
        await asyncio.wait_for(caller.up.wait(), 10)
        await audible(ben, 1.0)
        yield
    finally:
        calling.cancel()
        await asyncio.wait([calling])


async def sent_to(phone: Phone, system: System) -> int:
    """How many packets of RTP a phone was sent in its call: baresip records no more of a call that it held."""
    (channel,) = [one for one in await system.ari("channels") if one["name"].startswith(f"PJSIP/{phone.user}-")]
    return int((await system.ari(f"channels/{channel['id']}/rtp_statistics"))["txcount"])


async def resumed(caller: HoldingCaller, ben: Phone, resume: Way, way: str) -> None:
    """Resume a call; both must hear each other a second later."""
    if asyncio.iscoroutine(done := resume()):
        await done
    since, at = caller.now(), heard_by(ben).seconds
    await audible(ben, at + 2.2)
    talk, mine = heard_by(ben).part(at + 1.0, at + 2.0), heard_since(caller, since + 1.0, 1.0)
    assert talk.has(CALLER, 0.8), f"{way}: the party that was held does not hear the holder"
    assert mine.seconds > 0.8 and mine.has(ANSWERS, 0.7), f"{way}: the holder does not hear the party that was held"


async def held(ben: Phone, hold: Way, way: str, seconds: float = 1.5) -> None:
    """Hold a call; the other party must hear music, and the holder no more."""
    hold()
    at = heard_by(ben).seconds
    await audible(ben, at + 1.0 + seconds)
    music = heard_by(ben).part(at + 1.0, at + 1.0 + seconds)
    assert music.level > -45 and not music.has(CALLER), f"{way}: {music.level:.0f} dB, {music.melody()}"


@pytest.mark.long
async def test_a_call_is_held_and_resumed_in_every_way_and_the_held_party_hears_music(
    extension: MakeExtension, phone: MakePhone, system: System
) -> None:
    caller, ben = holding(await extension(), system), await phone(audio.sine(ANSWERS, 90), answer=True)
    ways: dict[str, tuple[Way, Way]] = {
        "sendonly": (caller.hold, caller.resume),
        "inactive": (lambda: caller.hold("inactive"), caller.resume),
        "0.0.0.0": (lambda: caller.hold("sendrecv", nowhere=True), caller.resume),
        "another codec": (caller.hold, lambda: caller.resume(codec=PCMA)),
        "without an offer": (caller.hold, caller.resume_without_offer),
        "another port and SSRC": (caller.hold, caller.resume_elsewhere),
        "the first codec again": (lambda: caller.hold("inactive"), lambda: caller.resume(codec=PCMU)),
        "a hold with another codec, and RTP all the time": (  # asterisk 1027
            lambda: caller.hold(codec=PCMA, silent=False), lambda: caller.resume(codec=PCMU),
        ),
    }
    async with up(caller, ben):
        for way, (hold, resume) in ways.items():
            await held(ben, hold, way)
            await resumed(caller, ben, resume, way)


@pytest.mark.long
async def test_both_hold_for_longer_than_rtp_may_stay_away_and_hear_each_other_again(
    extension: MakeExtension, phone: MakePhone, system: System
) -> None:
    caller, ben = holding(await extension(), system), await phone(audio.sine(ANSWERS, 90), answer=True)
    async with up(caller, ben):
        await held(ben, lambda: caller.hold("inactive"), "the caller holds")
        await ben.command("hold")
        began = asyncio.get_running_loop().time()
        left = float(RTP_TIMEOUT) + 4
        with pytest.raises(TimeoutError):  # what would end the call comes within this time
            async with asyncio.timeout(left):
                await ben.until("CALL_CLOSED", within=left + 5)
        assert asyncio.get_running_loop().time() - began >= left
        await ben.command("resume")
        since, before = caller.now(), await sent_to(ben, system)
        caller.resume()
        await until(lambda: sent_to(ben, system), lambda sent: sent > before + 150, what="3 s of RTP to the phone")
        assert heard_since(caller, since + 1.0, 1.0).has(ANSWERS, 0.7)


async def test_a_room_of_three_does_not_hear_the_music_of_one_who_holds(
    extension: MakeExtension, phone: MakePhone, leading: Leading, system: System
) -> None:
    third = 1234
    ours = await leading(f"room:{secrets.token_hex(4)}")
    ben, cleo = await phone(audio.sine(ANSWERS, 90)), await phone(audio.sine(third, 90))
    await ben.dial(ours)
    await cleo.dial(ours)
    caller = holding(await extension(), system)
    async with up(caller, ben, number=ours):
        caller.hold()
        at = heard_by(ben).seconds
        await audible(ben, at + 3.0)
        quiet = heard_by(ben).part(at + 1.0, at + 3.0)
        assert quiet.melody() == [pytest.approx(third, rel=0.03)], "cleo alone is heard: no caller, no music"
        since, at = caller.now(), heard_by(ben).seconds
        caller.resume()
        await audible(ben, at + 2.2)
        assert heard_by(ben).part(at + 1.0, at + 2.0).has(CALLER, 0.8)
        assert heard_since(caller, since + 1.0, 1.0).has(third, 0.7)
