"""Whether a fax machine calls: Asterisk's WaitForTone() listens to a call through a snoop, and the call itself goes on.

A call whose party is one is moved as a program's transfer moves it (engine.calls.transfer_requests): what holds its
queue is stopped, which ends legs that ring for it; the leg that it is connected with ends; what the destination means
is queued instead of what was to come.
"""

import math

from engine.calls.listening import listening
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.calls.state import Milestone
from engine.calls.transfer_requests import TransferRequests
from engine.commands import CommandRefused, NoSuchCall, TransferCall
from engine.tasks.detect_fax import DetectFax
from engine.tasks.fax import Fax
from engine.tasks.interfaces import Subject

CONTEXT = "detect-fax"  # of the dialplan
HEARD = "FAX_HEARD"  # what it sets
LEAST_SECONDS = 1.0
"""Less than this is not worth a snoop: the tone and the silence behind it take 3.5 s."""
LATE_SECONDS = 5.0
"""After the dialplan's own limit, for the snoop to come back."""


class CallFaxDetector:
    """Listens for one call (engine.tasks.detect_fax.FaxDetector)."""

    def __init__(self, session: Session, registry: Registry) -> None:
        self._session, self._requests = session, TransferRequests(registry)

    async def detect_fax(self, task: DetectFax, on: Subject) -> None:
        """Listen for a fax machine's tone, and move the call if it is heard; raises AriError when the call ends."""
        session = self._session
        await on.started()
        await session.until(Milestone.ANSWERED)
        answered = session.call.answered or session.services.clock()
        left = answered + task.seconds - session.services.clock()
        if left >= LEAST_SECONDS and await self._calls(on, left):
            await self._move(task, on)

    async def _calls(self, on: Subject, seconds: float) -> bool:
        """Whether a fax machine calls within so many seconds; raises AriError when the call ends meanwhile."""
        given = {"SECONDS": str(math.ceil(seconds))}
        async with listening(self._session, on, CONTEXT, seconds + LATE_SECONDS, variables=given) as snoop:
            return snoop is not None and await snoop.variable(HEARD) == "1"

    async def _move(self, task: DetectFax, on: Subject) -> None:
        session = self._session
        if session.queue.doing(Fax):  # it came there by itself
            return
        if session.call.application:
            on.remark("A fax machine called, but a program has the call by now: it is not moved.")
            return
        command = TransferCall(account=session.call.account, call=session.call.id, to=task.destination)
        try:
            await self._requests.transfer(command)
        except NoSuchCall:
            return
        except CommandRefused as error:
            on.remark(f"A fax machine called, but the call was not moved to {task.written}: {error}")
        else:
            on.remark(f"A fax machine called: the call goes to {task.written}.")
