"""What a caller's carrier sees on the wire while nothing is said: RTP without a gap, and silence in it."""

import asyncio
from itertools import pairwise

from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support import people
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

FRAME = 160
SILENCE = (b"\xff" * FRAME, b"\x7f" * FRAME)
PARK = {"kind": "park", "max_seconds": 20}
WAIT = {"kind": "wait_for_digits", "seconds": 20}
TONE = {"kind": "dial", "to": people.NEVER_ANSWERS, "ringback": "de", "ring_seconds": 1, "hang_up_after": False}
RING = {"kind": "dial", "to": people.NEVER_ANSWERS, "ring_seconds": 20}


def assert_flows(called: CallResult, since: float, until: float) -> None:
    """Fail unless frames came all this time: fifty a second, of which a busy machine sends some late."""
    times = [at for at, _ in called.rtp if since <= at < until]
    rate = len(times) / (until - since)
    assert 25 <= rate <= 60, f"{rate:.1f} frames a second from {since:.1f} to {until:.1f} s"
    gap = max(after - before for before, after in pairwise([since, *times, until]))
    assert gap < 1.0, f"nothing for {gap:.2f} s"


async def test_a_caller_who_waits_is_sent_fifty_frames_of_silence_a_second(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    network, (host, port) = await carrier(), system.sip.split(":")

    async def waiting(*tasks: dict[str, object]) -> CallResult:
        ours = await number(tasks=list(tasks))
        return await SipCaller(host, int(port), address=network.address).call(ours, seconds=4.5)

    for called in await asyncio.gather(waiting(WAIT), waiting(PARK)):
        assert called.answered is not None
        assert_flows(called, called.answered + 0.5, called.answered + 4.0)
        assert all(data in SILENCE for _, data in called.rtp)


async def test_a_caller_who_heard_a_tone_before_the_answer_is_sent_silence_behind_it(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    network, (host, port) = await carrier(), system.sip.split(":")
    ours = await number(tasks=[TONE, RING])
    called = await SipCaller(host, int(port), address=network.address).call(ours, seconds=5.5)
    assert called.answered is None and called.rtp
    tones = [at for at, data in called.rtp if data not in SILENCE]
    assert called.rtp[-1][0] - tones[-1] > 1.0
    assert_flows(called, called.rtp[0][0] + 0.2, 5.0)
