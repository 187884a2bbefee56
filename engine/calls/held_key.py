"""Whether a key of a call's party is down now: ARI tells of a key only when it is released.

While it is down, packets of a telephone-event come instead of audio (RFC 4733 §2.5.1). Their payload has 4 octets
(§2.3), and Asterisk counts them among all others (22.10.1: res_rtp_asterisk.c, `ast_rtp_interpret`). Of a key that is
an audible tone nothing is seen.
"""

import asyncio

from engine.ari.channel import Channel, Received
from engine.ari.errors import AriError

_OCTETS = 4


async def key_is_down(channel: Channel, seconds: float) -> bool:
    """Whether nothing but events comes for so long from now on. What Asterisk does not tell counts as no."""
    before = await _received(channel)
    await asyncio.sleep(seconds)
    if before is None or (after := await _received(channel)) is None:
        return False
    packets, octets = after.packets - before.packets, after.octets - before.octets
    return packets > 0 and octets == packets * _OCTETS


async def _received(channel: Channel) -> Received | None:
    try:
        return await channel.received()
    except AriError:
        return None
