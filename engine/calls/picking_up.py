"""Taking a call that rings at another extension of the account.

The call that picks up is connected by the Dial or Ring that waits for the leg which rings, in that leg's place; the leg
ends as answered elsewhere. From then on it is a leg of that call's tree.

Asterisk's PickupChan() is not used: the channel that picks up keeps its own id, and in Stasis it takes over what was
dialled with its time to ring (tried on Asterisk 22.10.1).
"""

import asyncio
from collections.abc import Iterator

from engine.calls.registry import Registry
from engine.calls.session import Session, cancelled
from engine.calls.state import Milestone
from engine.model.call import CallState, Direction
from engine.model.cause import HangupCause
from engine.store import calls
from engine.tasks.dial import Dial
from engine.tasks.interfaces import Subject
from engine.tasks.pick_up import PickUp
from engine.tasks.results import TaskFailed
from engine.tasks.ring import Ring
from engine.tasks.task import Requires

TAKEN_SECONDS = 5.0  # for the two to be connected
_RINGS = (CallState.DIALING, CallState.RINGING)


class CallPicker:
    """Picks up for one call (engine.tasks.pick_up.Picker)."""

    def __init__(self, session: Session, registry: Registry) -> None:
        self._session, self._registry = session, registry

    async def pick_up(self, task: PickUp, on: Subject) -> None:
        """See Picker."""
        session = self._session
        await on.started()
        for leg in list(self._ringing(task.extension)):
            await session.ready(Requires.ANSWERED)
            if await self._take(leg):
                return
        session.hang_up_behind(HangupCause.UNAVAILABLE)
        where = f"extension {task.extension}" if task.extension else "any extension of the account"
        raise TaskFailed("nothing_rings", f"No call rings at {where}.")

    def _ringing(self, extension: str) -> Iterator[Session]:
        """Yield the legs that ring at an extension of the account, or at any, for calls that wait; the oldest first."""
        account, admission = self._session.call.account, self._session.services.admission
        found = self._registry.dialled(extension) if extension else sorted(self._registry, key=_created)
        for leg in found:
            call, caller = leg.call, self._registry.get(leg.call.root)
            ours = call.direction is Direction.OUTBOUND and call.account == account and not call.trunk
            if not ours or caller is None or call.state not in _RINGS or leg.hanging_up:
                continue
            waits = caller.queue.doing(Dial) or caller.queue.doing(Ring)
            if waits and admission.is_extension(account, call.callee):
                yield leg

    async def _take(self, leg: Session) -> bool:
        """Take the place of a leg; False if it was answered, or its call ended, before the two were connected."""
        session = self._session
        if not leg.take(session):
            return False
        await self._join_tree(leg)
        ends = [
            asyncio.create_task(leg.until(milestone), name=f"{milestone} of {leg.call.id}")
            for milestone in (Milestone.ANSWERED, Milestone.GONE)
        ]
        try:
            await asyncio.wait(ends, timeout=TAKEN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancelled(ends)
        return session.media.bridge is not None

    async def _join_tree(self, leg: Session) -> None:
        """Make this call a leg of the tree that it takes a leg of."""
        session, root = self._session, leg.call.root
        call = session.amend(root=root, reports_tree=leg.call.reports_tree)
        self._registry.move(session)
        await session.services.writer.write(lambda conn: calls.join_tree(conn, call))


def _created(session: Session) -> float:
    return session.call.created
