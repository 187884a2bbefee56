"""Connecting a call to another party: a second leg, and a bridge of the two.

1. The other leg is placed under an id made of the task's, with what comes before the connecting as its own queue.
2. While it rings, and until it is ready, this party hears what engine.calls.ringback plays.
3. It is ready when it was answered and its queue has nothing left; one that ends before was not reached.
4. This party is answered if it was not, and the two are put into a bridge: the task is over, `keep` holds them.
   Where the other one has joined a conference meanwhile, this one joins it the same way, and the bridge stays empty:
   a restarted controller knows by it that the two belong together.
5. Whichever ends, or the time they had, ends the other; how it ended is passed on (engine.calls.ending).
"""

import asyncio

import msgspec

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.bridges import bridge_of
from engine.calls.call import Call, Direction, Party
from engine.calls.cause import HangupCause
from engine.calls.ending import Ending, ending_of, passed_on
from engine.calls.outbound import OutboundCalls
from engine.calls.ringback import end_left, ringback
from engine.calls.session import Session
from engine.commands import CommandRefused, CreditSpent, EngineUnavailable, LimitReached, NoSuchExtension, PlaceCall
from engine.ids import new_id
from engine.model.destination import Diversions
from engine.store import calls
from engine.tasks.dial import Dial
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference
from engine.tasks.results import Dialled, TaskFailed
from engine.tasks.ring import Ring
from engine.tasks.task import Requires

GONE_SECONDS = 0.5  # until the event of a channel's end comes, once Asterisk refuses to bridge it
REFUSED: dict[type[CommandRefused], HangupCause] = {
    NoSuchExtension: HangupCause.USER_UNKNOWN,
    CreditSpent: HangupCause.NO_CREDIT,
    LimitReached: HangupCause.OVER_LIMIT,
    EngineUnavailable: HangupCause.ERROR,
}
"""What a caller ends with whose Dial was refused; by every other refusal NOT_ALLOWED."""


class CallDialler:
    """Dials for one call (engine.tasks.interfaces.Dialler)."""

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
            async with ringback(session, task, on):
                ready = await is_ready(other, queue=bool(task.before_bridge))
            if ready and await connect(session, task, on, other):
                return Dialled(call=other_id, answered=True)
            await other.ended.wait()
            return await self._unreached(task, on, other.call)
        except BaseException:
            if not session.services.leaving():
                await other.hang_up(HangupCause.CANCELLED, Party.CONNECTED if session.gone.is_set() else Party.US)
            raise

    async def _place(self, task: Dial, other_id: str) -> Session:
        call = self._session.call
        command = PlaceCall(
            account=call.account,
            callee=task.to,
            caller=task.caller,
            party=call.caller if call.direction is Direction.INBOUND else call.callee,
            data=task.call_data,
            tasks=task.before_bridge,
            root=call.root,
            id=other_id,
            ring_seconds=task.ring_seconds,
            reach=task.reach,
            transport=task.transport,
            private=task.private or (call.private and task.caller is None),
            headers=task.headers,
            reports_tree=call.reports_tree,
        )
        try:
            return await self._outbound.place(command)
        except CommandRefused as error:
            if self._session.services.leaving():  # the next controller places it
                await self._session.ended.wait()
            if task.hang_up_after:
                self._session.hang_up_behind(REFUSED.get(type(error), HangupCause.NOT_ALLOWED))
            raise TaskFailed("not_allowed", str(error)) from error

    async def _ended(self, other_id: str) -> Call | None:
        """The other leg as it ended while no controller was there, or before this task came to it again."""
        return await self._session.services.database.read(lambda conn: calls.get(conn, other_id))

    async def _unreached(self, task: Dial, on: Subject, other: Call) -> Dialled:
        diverted = "" if other.answered else diverted_to(task.diversions, other)
        if diverted and not on.was_accepted:
            await on.router.lead(diverted, on, hops=task.hops)
        elif not diverted and task.hang_up_after:
            ending = passed_on(ending_of(other))
            self._session.hang_up_behind(ending.cause, ending.by)
        return Dialled(call=other.id, answered=other.answered is not None, cause=other.cause or HangupCause.ERROR)


async def connect(session: Session, task: Dial | Ring, on: Subject, other: Session) -> bool:
    """Put both into a bridge, or where the other one is; False where the other party hung up meanwhile."""
    await session.ready(Requires.ANSWERED)
    bridge = Bridge(session.services.client, session.services.bus, bridge_of(on.task_id))
    session.bridges.own(bridge)
    try:
        async with other.speaking, session.speaking, other.silence.off(), session.silence.off():
            if session.call.direction is Direction.INBOUND:
                await session.channel.stop_ringing()
            await bridge.create()
            if joining := other.queue.doing(JoinConference):
                await session.queue.interject([msgspec.structs.replace(joining, id=new_id("task"))])
            else:
                await bridge.add(session.channel.id)
                await bridge.add(other.channel.id)
                session.bridge = other.bridge = bridge.id
    except BaseException as error:
        if not session.services.leaving():
            await session.bridges.remove(bridge)
        if isinstance(error, AriError) and await other.ending(GONE_SECONDS):
            return False
        raise
    on.accepted()
    session.spawn(hold_together(session, other, bridge, task, session.services.clock()), "connected")
    return True


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


def other_of(task_id: str) -> str:
    """The id of the call that a Dial places."""
    return task_id.replace("task-", "call-", 1)


async def is_ready(other: Session, *, queue: bool = False) -> bool:
    """Wait until the other party has answered, and its queue is done (True), or it will not come to that."""
    gone = asyncio.create_task(other.gone.wait(), name=f"end of {other.call.id}")
    waits = [other.answered.wait]
    if queue:
        waits.append(other.queue.idle.wait)
    try:
        for wait in waits:
            waiting = asyncio.create_task(wait(), name=f"readiness of {other.call.id}")
            try:
                await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
    finally:
        gone.cancel()
    return other.answered.is_set() and not other.hanging_up.is_set()


async def hold_together(session: Session, other: Session, bridge: Bridge, task: Dial | Ring, since: float) -> None:
    """Hold two calls together that were connected at `since` (Unix seconds) until one ends, or their time is over;
    by `bridge`, or in a conference that both are in.

    Cancelled when `session` ends, or with its controller: then both stay as they are, for the next one.
    """
    left = None if task.max_seconds is None else since + task.max_seconds - session.services.clock()
    try:
        await asyncio.wait_for(other.gone.wait(), left)
        if session.bridge == bridge.id:
            session.bridge = None
        if task.hang_up_after and other.ended_as:
            await end_with(session, other.ended_as)
    except TimeoutError:
        await other.hang_up(HangupCause.MAX_DURATION)
        await session.hang_up(HangupCause.MAX_DURATION)
    finally:
        if session.ended_as and not other.gone.is_set():
            await end_with(other, session.ended_as)
        if not session.services.leaving():
            await session.bridges.remove(bridge)


async def end_with(session: Session, other: Ending) -> None:
    """End a call because the one that it was connected with ended like this."""
    ending = passed_on(other)
    await session.hang_up(ending.cause, ending.by)
