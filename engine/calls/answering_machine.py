"""Whether a machine has answered: Asterisk's AMD() listens to a call through a snoop, and the call itself goes on."""

import asyncio
import contextlib

from engine.ari import generated as ari
from engine.ari.channel import Channel
from engine.ari.errors import Gone
from engine.ari.snoop import end_snoop, snooping
from engine.calls.session import Session
from engine.tasks.interfaces import Subject
from engine.tasks.results import Detected

CONTEXT = "detect-machine"  # of the dialplan; it comes back with the variables that are read here
QUIET_CONTEXT = "wait-for-silence"  # of the dialplan
LONGEST_GREETING_SECONDS = 65.0  # the dialplan's own limit is 60 s
LONGEST_SECONDS = 15.0  # AMD gives up by itself much earlier (amd.conf: total_analysis_time)
GONE_SECONDS = 1.0  # for the last event of a snoop that was hung up
_STATUS = {"MACHINE": "machine", "HUMAN": "human", "HANGUP": "hangup"}
# The first word of AMDCAUSE (apps/app_amd.c). Many words, or one long one, are a long greeting as well.
_REASON = {
    "INITIALSILENCE": "initialsilence",
    "LONGGREETING": "longgreeting",
    "MAXWORDS": "longgreeting",
    "MAXWORDLENGTH": "longgreeting",
    "HUMAN": "greeting",
}


class CallDetector:
    """Listens to a call's party (engine.tasks.interfaces.Detector)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def detect(self, on: Subject) -> Detected:
        """Find out whether it is a machine; raises AriError when the call ends meanwhile."""
        services, call = self._session.services, self._session.channel.id
        client, bus, snoop = services.client, services.bus, f"snoop-{on.task_id}"
        listening = Channel(client, bus, snoop)
        if on.resumed:
            await self._end_earlier(listening)
        began = asyncio.get_running_loop().time()
        async with snooping(client, bus, call, snoop, spy="in"):
            await listening.set_variable("RETURN_TO", f"{client.application},detected,{snoop}")
            with bus.subscribe(snoop, types=(ari.StasisStart, ari.ChannelDestroyed)) as events:
                await listening.continue_at(CONTEXT)
                await on.started()
                try:
                    event = await events.next(LONGEST_SECONDS)
                except TimeoutError:
                    return Detected(status="notsure", reason="", seconds=LONGEST_SECONDS)
            if isinstance(event, ari.ChannelDestroyed):
                raise Gone(f"detect {call}")
            seconds = asyncio.get_running_loop().time() - began
            status, cause = await listening.variable("AMDSTATUS"), await listening.variable("AMDCAUSE")
        return detected(status or "", cause or "", round(seconds, 3))

    async def quiet(self, on: Subject) -> None:
        """Wait until a machine is silent, by Asterisk's WaitForSilence(); raises AriError when the call ends."""
        services, call = self._session.services, self._session.channel.id
        client, bus, snoop = services.client, services.bus, f"snoop-{on.task_id}-quiet"
        listening = Channel(client, bus, snoop)
        if on.resumed:
            await self._end_earlier(listening)
        async with snooping(client, bus, call, snoop, spy="in"):
            await listening.set_variable("RETURN_TO", f"{client.application},detected,{snoop}")
            with bus.subscribe(snoop, types=(ari.StasisStart, ari.ChannelDestroyed)) as events:
                await listening.continue_at(QUIET_CONTEXT)
                try:
                    event = await events.next(LONGEST_GREETING_SECONDS)
                except TimeoutError:
                    return
            if isinstance(event, ari.ChannelDestroyed):
                raise Gone(f"wait for silence {call}")

    async def _end_earlier(self, snoop: Channel) -> None:
        """Remove what a controller that is gone made under the same id, and see its last event out."""
        services = self._session.services
        with services.bus.subscribe(snoop.id, types=(ari.ChannelDestroyed,)) as events:
            if await snoop.get() is not None:
                await end_snoop(services.client, snoop.id)
                with contextlib.suppress(TimeoutError):
                    await events.next(GONE_SECONDS)


def detected(status: str, cause: str, seconds: float) -> Detected:
    """Read AMD's two variables, e.g. MACHINE and LONGGREETING-1500-1500."""
    reason = _REASON.get(cause.partition("-")[0], "")
    return Detected(status=_STATUS.get(status, "notsure"), reason=reason, seconds=seconds)
