"""Whether a machine has answered: Asterisk's AMD() listens to a call through a snoop, and the call itself goes on."""

import asyncio

from engine.calls.listening import listening
from engine.calls.session import Session
from engine.tasks.interfaces import Subject
from engine.tasks.results import Detected

CONTEXT = "detect-machine"  # of the dialplan; it comes back with the variables that are read here
QUIET_CONTEXT = "wait-for-silence"  # of the dialplan
LONGEST_GREETING_SECONDS = 65.0  # the dialplan's own limit is 60 s
LONGEST_SECONDS = 15.0  # AMD gives up by itself much earlier (amd.conf: total_analysis_time)
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
        began = asyncio.get_running_loop().time()
        async with listening(self._session, on, CONTEXT, LONGEST_SECONDS, begun=on.started) as snoop:
            if snoop is None:
                return Detected(status="notsure", reason="", seconds=LONGEST_SECONDS)
            seconds = asyncio.get_running_loop().time() - began
            status, cause = await snoop.variable("AMDSTATUS"), await snoop.variable("AMDCAUSE")
        return detected(status or "", cause or "", round(seconds, 3))

    async def quiet(self, on: Subject) -> None:
        """Wait until a machine is silent, by Asterisk's WaitForSilence(); raises AriError when the call ends."""
        async with listening(self._session, on, QUIET_CONTEXT, LONGEST_GREETING_SECONDS, suffix="-quiet"):
            pass


def detected(status: str, cause: str, seconds: float) -> Detected:
    """Read AMD's two variables, e.g. MACHINE and LONGGREETING-1500-1500."""
    reason = _REASON.get(cause.partition("-")[0], "")
    return Detected(status=_STATUS.get(status, "notsure"), reason=reason, seconds=seconds)
