"""What carriers and phones do with a call's media: they move it, stop it, press keys in two ways, say little in SDP."""

import asyncio
import re
import socket
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber
from tests.support import audio, people
from tests.support.carillon import Own
from tests.support.odd_caller import OddCaller, tones_of
from tests.support.scenario import Carrier, until
from tests.support.sip_caller import CallResult
from tests.support.system import System

HANG_UP = {"kind": "hang_up"}
KEYS = ((0.5, "5"), (0.9, "5"), (1.3, "6"))


def wait(seconds: float, count: int = 9) -> dict[str, object]:
    """A task that takes digits."""
    return {"kind": "wait_for_digits", "count": count, "seconds": seconds}


def odd_caller(line: Carrier, system: System, **fields: Any) -> OddCaller:
    """A caller behind a carrier."""
    host, _, port = system.sip.partition(":")
    return OddCaller(host, int(port), address=line.address, **fields)


async def talk(caller: OddCaller, ours: str, *acts: tuple[float, Callable[[], Any]], **fields: Any) -> CallResult:
    """Call a number, and do something at these times after the answer."""
    calling = asyncio.create_task(caller.call(ours, **fields), name="the odd caller")
    await asyncio.wait_for(caller.up.wait(), 5)
    up = asyncio.get_running_loop().time()
    for at, act in acts:
        await asyncio.sleep(up + at - asyncio.get_running_loop().time())
        if asyncio.iscoroutine(done := act()):
            await done
    return await calling


async def taken(own: Own, ours: str) -> dict[str, Any]:
    """What the wait for digits of the newest call to a number of ours came to."""

    async def look() -> list[dict[str, Any]]:
        _, body = await own.ask("GET", "calls?limit=50")
        return [one for one in body["calls"] if one["callee"] == ours and one["ended"]]

    call = (await until(look, bool, what=f"the call to {ours} ends"))[0]["id"]
    tasks = (await own.call(call))["tasks"]
    return next(one["outcome"]["result"] for one in tasks if one["kind"] == "wait_for_digits")


async def test_a_phone_s_rtp_comes_to_the_address_that_is_set_and_to_no_other(
    extension: MakeExtension, system: System
) -> None:
    """A phone has no transport of its own, which would have its RTP come to all addresses (asterisk 1847)."""
    caller = (await extension()).telephone(system)
    calling = asyncio.create_task(caller.call(people.ECHOES, seconds=3), name="the softphone")
    await asyncio.wait_for(caller.up.wait(), 10)
    found = re.search(r"(?m)^c=IN IP4 (\S+)\r$[\s\S]*^m=audio (\d+) ", caller.result.answer)
    assert found and found[1] == system.bind
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.99", int(found[2])))
    assert (await calling).rtp


@pytest.mark.parametrize(("milliseconds", "later"), [(250, 0.0), (160, 0.17)])
async def test_a_key_that_is_told_by_info_and_by_rtp_is_one_digit(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System, milliseconds: int, later: float
) -> None:
    """The INFO leaves as the key goes down, with a length that is always the same; or when it is released."""
    ours = await number(tasks=[wait(2.5), HANG_UP])
    caller = odd_caller(await carrier(), system)
    infos = [(at + later, lambda key=key: caller.info(key, milliseconds)) for at, key in KEYS]
    called = await talk(caller, ours, *infos, seconds=8, press=KEYS)
    assert called.answers.count(("INFO", 200)) == len(KEYS)
    assert (await taken(own, ours))["digits"] == "556"


async def test_the_same_key_by_info_alone_is_as_many_digits_as_infos(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    ours = await number(tasks=[wait(2), HANG_UP])
    caller = odd_caller(await carrier(), system)
    infos = [(0.5 + 0.15 * nth, lambda: caller.info("5", 250)) for nth in range(4)]
    await talk(caller, ours, *infos, seconds=8)
    assert (await taken(own, ours))["digits"] == "5555"


async def test_a_key_that_sounds_beside_its_events_is_one_digit_where_tones_are_listened_to(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    ours = await number(tasks=[wait(2.5), HANG_UP])
    caller = odd_caller(await carrier(dtmf="inband"), system)
    caller.tones = tones_of("5", 0.3)
    await talk(caller, ours, seconds=8, press=((0.5, "5"), (1.1, "5")))
    assert (await taken(own, ours))["digits"] == "55"


async def test_a_party_without_telephone_events_is_sent_tones_and_heard_by_them(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    ours = await number(tasks=[{"kind": "send_dtmf", "digits": "159#"}, wait(3, count=2), HANG_UP])
    caller = odd_caller(await carrier(), system, events=False)
    signal = tones_of("42", 0.15)
    called = await talk(caller, ours, (1.5, lambda: caller.say(signal)), seconds=8)
    assert not called.digits, "events that nobody negotiated"
    samples = np.frombuffer(called.pcm(), "<i2").astype(np.float32) / 32768
    assert audio.dtmf(samples, 8000) == "159#"
    assert (await taken(own, ours))["digits"] == "42"


async def test_a_key_that_is_held_beyond_the_end_of_a_wait_counts(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    ours = await number(tasks=[wait(2, count=1), HANG_UP])
    caller = odd_caller(await carrier(), system)
    caller.press_seconds = 2.5
    await talk(caller, ours, seconds=9, press=((1.0, "7"),))
    assert (await taken(own, ours))["digits"] == "7"


async def test_a_re_invite_without_an_offer_is_answered_with_every_codec_of_the_trunk(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours = await number(tasks=[wait(4), HANG_UP])
    caller = odd_caller(await carrier(codecs="ulaw,alaw,g722"), system)
    called = await talk(caller, ours, (0.5, caller.ask_for_an_offer), seconds=2)
    (offer,) = caller.offers
    assert all(f"rtpmap:{codec}" in offer for codec in ("0 PCMU", "8 PCMA", "9 G722")), offer
    assert called.ended_by_peer is None, "the call goes on"


@pytest.mark.long
async def test_a_party_whose_rtp_comes_from_another_port_is_heard_again(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System
) -> None:
    """It moves when Asterisk has made up its mind where from it takes RTP: 5 s after the first packet."""
    ours = await number(tasks=[wait(40, count=2), HANG_UP])
    caller = odd_caller(await carrier(), system)
    called = await talk(caller, ours, (7.0, caller.move), seconds=45, press=((0.5, "1"), (35.0, "2")))
    assert any(text.startswith("INVITE") for text in called.requests)
    assert (await taken(own, ours))["digits"] == "12"
    assert [at for at, _ in called.rtp if at > 33], "it is heard, and hears"


@pytest.mark.long
async def test_a_party_that_only_listens_stays(number: MakeNumber, carrier: MakeCarrier, system: System) -> None:
    ours = await number(tasks=[{"kind": "park", "max_seconds": 90}])
    caller = odd_caller(await carrier(), system)
    called = await talk(caller, ours, (1.0, caller.only_listen), seconds=75)
    assert called.ended_by_peer is None
