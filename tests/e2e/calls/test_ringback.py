"""What a caller who was not answered hears while the number that is dialled for it rings."""

import numpy as np

from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support import people
from tests.support.far_end import Sound
from tests.support.sip_caller import SipCaller
from tests.support.system import System


async def test_a_countrys_ringing_tone_is_early_media_and_the_caller_is_not_answered_for_it(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours = await number(tasks=[{"kind": "dial", "to": people.NEVER_ANSWERS, "ringback": "de", "ring_seconds": 4}])
    network = await carrier()
    host, port = system.sip.split(":")
    called = await SipCaller(host, int(port), address=network.address).call(ours, seconds=12)
    assert called.answered is None and called.status == 480, called.statuses
    assert (183, True) in [(status, sdp) for _, status, sdp in called.statuses]
    heard = np.frombuffer(called.pcm(), np.int16).astype(np.float32) / 32768
    assert Sound(heard, 8_000, "what the caller heard").has(425, 0.8)


async def test_without_a_country_the_caller_is_told_that_it_rings_and_hears_nothing(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours = await number(tasks=[{"kind": "dial", "to": people.NEVER_ANSWERS, "ring_seconds": 3}])
    network = await carrier()
    host, port = system.sip.split(":")
    called = await SipCaller(host, int(port), address=network.address).call(ours, seconds=12)
    assert [status for _, status, _ in called.statuses if status > 100] == [180, 480], called.statuses
    assert not called.rtp
