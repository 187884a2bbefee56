"""Connecting a call to another party: a second leg, and a bridge of the two.

1. The other leg is placed under an id made of the task's, with what comes before the connecting as its own queue.
2. While it rings, and until it is ready, this party hears what engine.calls.ringback plays.
3. It is ready when it was answered and its queue has nothing left; one that ends before was not reached.
4. This party is answered if it was not, and the two are put into a bridge: the task is over, and engine.calls.pair
   holds them.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from engine.calls.ending import ending_of, passed_on
from engine.calls.outbound import OutboundCalls
from engine.calls.pair import Pair, Pairs, Terms, other_of
from engine.calls.ringback import end_left, ringback
from engine.calls.session import Session
from engine.calls.state import Milestone
from engine.commands import CommandRefused, CreditSpent, EngineUnavailable, LimitReached, NoSuchExtension, PlaceCall
from engine.model.call import Call, Direction, Party
from engine.model.cause import HangupCause
from engine.model.destination import Diversions
from engine.model.leg_options import LegOptions
from engine.store import calls
from engine.tasks.dial import Dial
from engine.tasks.interfaces import Subject
from engine.tasks.results import Dialled, TaskFailed
from engine.tasks.ring import Ring
from engine.tasks.task import Requires
from engine.tasks.transfer import Transfer

REFUSED: dict[type[CommandRefused], HangupCause] = {
    NoSuchExtension: HangupCause.USER_UNKNOWN,
    CreditSpent: HangupCause.NO_CREDIT,
    LimitReached: HangupCause.OVER_LIMIT,
    EngineUnavailable: HangupCause.ERROR,
}
"""What a caller ends with whose Dial was refused; by every other refusal NOT_ALLOWED."""


class CallDialler:
    """Dials for one call (engine.tasks.dial.Dialler)."""

    def __init__(self, session: Session, outbound: OutboundCalls) -> None:
        self._session, self._outbound = session, outbound

    async def dial(self, task: Dial, on: Subject) -> Dialled:
        """Call the other party, and bridge the two when it answers; returns then, or when it will not be.

        The other leg's id is made of the task's, so a restart finds it again.
        """
        session = self._session
        if session.call.direction is Direction.OUTBOUND:  # else the other party may wait for a phone that rings
            await session.ready(Requires.ANSWERED)
        if on.resumed:
            await end_left(session, task, on)
        other_id = other_of(on.task_id)
        other = self._outbound.registry.get(other_id) if on.resumed else None
        if other is None and on.resumed and (ended := await self._ended(other_id)) is not None:
            return await self._unreached(task, on, ended)
        if other is None:
            other = await self._place(task, other_id)
        try:
            await on.started()
            if answering := await self._connected(task, on, other):
                return Dialled(call=answering.call.id, answered=True)
            await other.until(Milestone.ENDED)
            return await self._unreached(task, on, other.call)
        except BaseException:
            if not session.services.leaving():
                await other.hang_up(HangupCause.CANCELLED, Party.CONNECTED if session.gone else Party.US)
            raise

    async def _connected(self, task: Dial, on: Subject, other: Session) -> Session | None:
        """Wait until the other leg is ready, or a call that picks it up, and connect the two; None: it will not be."""
        while True:
            async with ringback(self._session, task, on):
                ready = await is_ready(other, queue=bool(task.before_bridge))
            answering = other.answered_by
            if ready and await connect(self._session, task, on, answering, self._outbound.registry.pairs):
                if answering is not other:
                    on.remark(picked_up(other, answering))
                    await other.hang_up(HangupCause.ANSWERED_ELSEWHERE)
                return answering
            if answering is other or other.gone:
                return None
            other.give_back()

    async def _place(self, task: Dial, other_id: str) -> Session:
        call = self._session.call
        command = PlaceCall(
            account=call.account,
            callee=task.to,
            options=self._options(task),
            party=call.caller if call.direction is Direction.INBOUND else call.callee,
            party_by_trunk=bool(call.trunk),
            data=task.call_data,
            tasks=task.before_bridge,
            root=call.root,
            id=other_id,
            reports_tree=call.reports_tree,
        )
        try:
            return await self._outbound.place(command)
        except CommandRefused as error:
            if self._session.services.leaving():  # the next controller places it
                await self._session.until(Milestone.ENDED)
            if task.hang_up_after:
                self._session.hang_up_behind(REFUSED.get(type(error), HangupCause.NOT_ALLOWED))
            raise TaskFailed("not_allowed", str(error)) from error

    def _options(self, task: Dial) -> LegOptions:
        """Return how the leg is dialled: by whom a call was diverted is an extension inside, and outside the number of
        ours that was called."""
        call, leg = self._session.call, task.leg
        if leg.diverted_by and not self._session.services.admission.is_extension(call.account, task.to):
            arrived = call.direction is Direction.INBOUND and call.trunk
            leg = msgspec.structs.replace(leg, diverted_by=call.callee if arrived else "")
        return hidden_with(call, leg)

    async def _ended(self, other_id: str) -> Call | None:
        """The other leg as it ended while no controller was there, or before this task came to it again."""
        return await self._session.services.database.read(lambda conn: calls.get(conn, other_id))

    async def _unreached(self, task: Dial, on: Subject, other: Call) -> Dialled:
        if task.continue_after and on.was_accepted:  # the two were connected, and parted while no controller was there
            return Dialled(call=other.id, answered=True, cause=other.cause or HangupCause.ERROR)
        diverted = "" if other.answered else diverted_to(task.diversions, other)
        if diverted and not on.was_accepted:
            await on.lead(diverted, hops=task.hops, by=task.to)
        elif not diverted and task.hang_up_after:
            ending = passed_on(ending_of(other))
            self._session.hang_up_behind(ending.cause, ending.by)
        return Dialled(call=other.id, answered=other.answered is not None, cause=other.cause or HangupCause.ERROR)


async def connect(session: Session, task: Dial | Ring | Transfer, on: Subject, other: Session, pairs: Pairs) -> bool:
    """Connect the two (engine.calls.pair); False where the other party hung up meanwhile."""
    connected = await Pair(session, other, on.task_id, Terms.of(task), pairs).connect()
    if connected:
        on.accepted()
    return connected


def picked_up(leg: Session, by: Session) -> str:
    """Return the remark that another extension took a call than the one that rang."""
    return f"It rang at {leg.call.callee} and was picked up by {by.call.caller}."


def hidden_with(call: Call, leg: LegOptions) -> LegOptions:
    """Return the options of a leg that a call places: a caller who is not to be shown is not, unless another one is."""
    return msgspec.structs.replace(leg, private=True) if call.private and leg.caller is None else leg


def diverted_to(diversions: Diversions | None, other: Call) -> str:
    """Return where a call is led on whose other leg ended so without an answer; "" for nowhere."""
    if diversions is None or other.cause is None:
        return ""
    if other.cause is HangupCause.UNAVAILABLE and other.sip_status:  # the phone itself says that nobody is there
        return diversions.no_answer
    return {
        HangupCause.NO_ANSWER: diversions.no_answer,
        HangupCause.BUSY: diversions.busy,
        HangupCause.REJECTED: diversions.busy,
        HangupCause.UNAVAILABLE: diversions.unregistered,
        HangupCause.NO_ROUTE: diversions.unregistered,
        HangupCause.NO_RESPONSE: diversions.unregistered,
        HangupCause.NETWORK_ERROR: diversions.unregistered,
        HangupCause.CONGESTION: diversions.unregistered,
    }.get(other.cause, "")


async def is_ready(other: Session, *, queue: bool = False) -> bool:
    """Wait until the other party has answered, and its queue is done (True), or it will not come to that.

    It has answered, too, where another call takes its place.
    """
    taken = asyncio.create_task(other.until_taken(), name=f"pick-up of {other.call.id}")
    gone = asyncio.create_task(other.until(Milestone.GONE), name=f"end of {other.call.id}")
    waits: list[Callable[[], Coroutine[Any, Any, object]]] = [lambda: other.until(Milestone.ANSWERED)]
    if queue:
        waits.append(other.queue.idle.wait)
    try:
        for wait in waits:
            waiting = asyncio.create_task(wait(), name=f"readiness of {other.call.id}")
            try:
                await asyncio.wait((waiting, gone, taken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
    finally:
        gone.cancel()
        taken.cancel()
    return other.answered_by.ready_to_talk
