"""Calls whose party's RTP does not come: their session is refreshed, and those whose party answers that go on.

Asterisk takes RTP only from where it came at first, and what comes from elsewhere is dropped unseen for as long as the
call lasts (strictrtp, 22.10.1: res_rtp_asterisk.c, `ast_rtp_read`). Without it any host that can send to one of its
ports would be heard and, as RTP is symmetric, would be sent the call's audio. A party whose address has changed,
behind a NAT or at a carrier, is silent from then on. Asterisk learns the address anew from the answer to a re-INVITE:
one that names another one, or that comes from behind a NAT.

A party that only listens (`recvonly`) is silent too. `rtp_timeout` would end its call, and a re-INVITE that is answered
begins it anew; of a party that is gone it ends the call.
"""

import asyncio
from dataclasses import dataclass

import structlog

from engine.ari.errors import AriError
from engine.calls.registry import Registry
from engine.calls.session import Session

log = structlog.get_logger(__name__)
LOOK_SECONDS = 10.0  # a silence is noticed after one to two of them
AGAIN_SECONDS = 20.0
"""Between two refreshes: less than the endpoints' rtp_timeout (engine.features.endpoints.provisioner)."""
LONGEST_SECONDS = 600.0
"""How long a silence is taken for a listener's; a listener has no end of its own to tell, and a call costs money."""


@dataclass(slots=True)
class _Silence:
    """What was counted last of a call, since when it is so, and when its session was refreshed because of it."""

    packets: int
    since: float
    refreshed: float = float("-inf")


class MediaWatch:
    """Looks at every call that is up, by turns."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._seen: dict[str, _Silence] = {}

    async def run(self) -> None:
        """Look again and again; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look at every call once."""
        sessions = [session for session in self._registry if session.ready_to_talk]
        up = {session.call.id for session in sessions}
        self._seen = {call: seen for call, seen in self._seen.items() if call in up}
        for session in sessions:
            try:
                await self._look_at(session)
            except AriError as error:
                log.debug("The RTP of a call could not be looked at.", call=session.call.id, error=str(error))

    async def _look_at(self, session: Session) -> None:
        now, packets = asyncio.get_running_loop().time(), (await session.channel.received()).packets
        seen = self._seen.get(session.call.id)
        if seen is None or seen.packets != packets:
            self._seen[session.call.id] = _Silence(packets, now)
            return
        if now - seen.refreshed < AGAIN_SECONDS or now - seen.since > LONGEST_SECONDS:
            return
        if not session.ready_to_talk or await session.channel.is_held():
            return
        seen.refreshed = now
        log.info("No RTP comes from a party; its session is refreshed.", call=session.call.id, packets=packets)
        session.spawn(_refresh(session), "refresh")


async def _refresh(session: Session) -> None:
    """Send a re-INVITE, once no prompt plays."""
    try:
        await session.channel.refresh()
    except AriError as error:
        log.debug("A session could not be refreshed.", call=session.call.id, error=str(error))
