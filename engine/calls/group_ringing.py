"""Ringing several parties for one call, and connecting it to the first that answers.

1. Each member's leg is placed under an id made of the task's and of its place in the group, so that a restarted
   controller finds those that ring, knows those that ended, and places those that were not placed yet.
2. Who answers first is connected as a Dial's party is (engine.calls.connecting); then the others end as answered
   elsewhere. Until then they ring on, for who answered may hang up before it is connected.
3. Where nobody answers the call is led on, or ends with the cause that says most.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from engine.calls.connecting import connect, hidden_with, is_ready, picked_up
from engine.calls.ending import Ending, ending_of, passed_on
from engine.calls.outbound import OutboundCalls
from engine.calls.pair import other_of
from engine.calls.ringback import end_left, ringback
from engine.calls.session import Session, cancelled
from engine.calls.state import Milestone
from engine.commands import CommandRefused, EngineUnavailable, PlaceCall
from engine.model.call import Call, Direction, Party
from engine.model.cause import HangupCause
from engine.store import calls
from engine.tasks.interfaces import Subject
from engine.tasks.kinds import AnyTask
from engine.tasks.results import Dialled
from engine.tasks.ring import Ring
from engine.tasks.task import Requires
from engine.tasks.transfer import Transfer

SAYS_MOST = (HangupCause.NO_ANSWER, HangupCause.REJECTED, HangupCause.BUSY)
"""What a caller ends with where nobody answered: the first of these that a member ended with, else UNAVAILABLE."""
_BUSY = (HangupCause.REJECTED, HangupCause.BUSY)
AGAIN_SECONDS = 0.5  # between attempts to place a leg while the engine takes no call
MARGIN_SECONDS = 2.0  # for Asterisk to end a leg whose time to ring is over, before we do


def member_of(task_id: str, place: int) -> str:
    """The id of the call that a Ring places to the member at this place, from 0."""
    return f"{other_of(task_id)}m{place}"


class CallRinger:
    """Rings for one call."""

    def __init__(self, session: Session, outbound: OutboundCalls) -> None:
        self._session, self._outbound = session, outbound

    async def ring(self, task: Ring, on: Subject) -> Dialled:
        """See engine.tasks.ring.Ringer."""
        session = self._session
        if session.call.direction is Direction.OUTBOUND:
            await session.ready(Requires.ANSWERED)
        if on.resumed:
            await end_left(session, task, on)
        group = Group(session, self._outbound, task, on)
        await on.started()
        if answering := await group.connect(task):
            return Dialled(call=answering.call.id, answered=True)
        return await self._unanswered(task, on, group)

    def _left(self, task: Ring, winner: Call) -> Dialled:
        """Who answered hung up before the two were connected, or while no controller was there."""
        if task.hang_up_after:
            ending = passed_on(ending_of(winner))
            self._session.hang_up_behind(ending.cause, ending.by)
        return Dialled(call=winner.id, answered=True, cause=winner.cause)

    async def _unanswered(self, task: Ring, on: Subject, group: "Group") -> Dialled:
        cause = await group.cause()
        left = group.hung_up.call if group.hung_up else group.answered_before
        if left and (on.was_accepted or not task.otherwise):  # accepted: the two were connected
            return self._left(task, left)
        if task.otherwise and not on.was_accepted:
            await on.lead(task.otherwise, hops=task.hops)
        elif not task.otherwise and task.hang_up_after:
            ending = passed_on(Ending(cause=HangupCause.BUSY if cause in _BUSY else cause, by=Party.FAR))
            self._session.hang_up_behind(ending.cause, ending.by)
        return Dialled(call="", answered=False, cause=cause)


class Group:
    """The members of one Ring, as far as they were called. `Session`s are legs that are up.

    `before` runs in a member's queue once it answered; it is connected when that queue is empty.
    """

    def __init__(
        self, session: Session, outbound: OutboundCalls, task: Ring, on: Subject, before: Sequence[AnyTask] = ()
    ) -> None:
        self._session, self._outbound, self._task, self._on = session, outbound, task, on
        self._before = tuple(before)
        self._legs: list[Session] = []
        self._called = 0  # how many members
        self.connected: Session | None = None
        self.hung_up: Session | None = None  # who answered, and hung up before the two were connected
        self._ended: set[HangupCause] = set()  # before this controller came
        self.answered_before: Call | None = None  # one that was answered and ended before this controller came
        self.refused: CommandRefused | None = None  # why the last one that was not rung was not

    async def connect(self, task: Ring | Transfer) -> Session | None:
        """Connect the call, as `task` says, to the first that answers; None where nobody does in the time there is."""
        session, pairs = self._session, self._outbound.registry.pairs
        try:
            while True:
                async with ringback(session, self._task, self._on):
                    answering = await self.answering()
                if answering is None:
                    break
                other = answering.answered_by
                if await connect(session, task, self._on, other, pairs):
                    self.connected = other
                    if other is not answering:
                        self._on.remark(picked_up(answering, other))
                    await self.end(HangupCause.ANSWERED_ELSEWHERE, but=other)
                    return other
                if other is answering:
                    self.hung_up = answering  # before the two were connected: whoever rings still may answer
                answering.give_back()
            await self.end(HangupCause.NO_ANSWER)
        except BaseException:
            if not session.services.leaving():
                by = Party.CONNECTED if session.gone else Party.US
                await self.end(HangupCause.CANCELLED, but=self.connected, by=by)
            raise
        return None

    async def answering(self) -> Session | None:
        """Wait for the next that answers; None where nobody does in the time there is."""
        if self._task.strategy == "all":
            while await self._place_next(self._task.seconds):
                pass
            return await first_ready(self._legs, self._left(), queue=bool(self._before))
        while leg := await self._place_next(self._task.seconds_each):
            seconds = min(self._task.seconds_each + MARGIN_SECONDS, self._left())
            if await first_ready([leg], seconds, queue=bool(self._before)):
                return leg
            if not leg.gone:
                await leg.hang_up(HangupCause.NO_ANSWER)
            if self._left() <= 0:
                break
        return None

    async def end(self, cause: HangupCause, *, but: Session | None = None, by: Party = Party.US) -> None:
        """End every leg that is up, but one."""
        up = [leg for leg in self._legs if leg is not but and not leg.gone]
        await asyncio.gather(*(leg.hang_up(cause, by) for leg in up))

    async def cause(self) -> HangupCause:
        """The cause that says most of how the legs ended, once all have."""
        for leg in self._legs:
            await leg.until(Milestone.ENDED)
        causes = self._ended | {leg.call.cause for leg in self._legs if leg.call.cause}
        return next((each for each in SAYS_MOST if each in causes), HangupCause.UNAVAILABLE)

    async def last(self) -> Call | None:
        """The last member's call that was placed, now or before a restart; None where none was."""
        if self._legs:
            return self._legs[-1].call
        placed = member_of(self._on.task_id, len(self._task.members) - 1)
        return await self._session.services.database.read(lambda conn: calls.get(conn, placed))

    @property
    def _party(self) -> str:
        """The number of whoever waits."""
        call = self._session.call
        return call.caller if call.direction is Direction.INBOUND else call.callee

    def _calls(self, member: str) -> bool:
        """Whether a member is the waiting party. A caller by a trunk is no extension of ours, even with its number."""
        call = self._session.call
        inside = self._session.services.admission.is_extension(call.account, member)
        return member == self._party and not (call.trunk and inside)

    def _left(self) -> float:
        return self._on.remaining(self._task.seconds) or 0.0

    async def _place_next(self, seconds: float) -> Session | None:
        """The next member's leg that is up, or is placed now to ring so long; None: there are no more."""
        while self._called < len(self._task.members):
            place = self._called
            self._called += 1
            if leg := await self._leg(place, self._task.members[place], max(1.0, min(seconds, self._left()))):
                self._legs.append(leg)
                return leg
        return None

    async def _leg(self, place: int, member: str, seconds: float) -> Session | None:
        call_id = member_of(self._on.task_id, place)
        if self._on.resumed:
            if up := self._outbound.registry.get(call_id):
                return up
            was = await self._session.services.database.read(lambda conn: calls.get(conn, call_id))
            if was is not None:
                self._ended |= {was.cause} if was.cause else set()
                self.answered_before = was if was.answered else self.answered_before
                return None
        if self._left() <= 0:
            return None
        if self._calls(member):
            self._on.remark(f"{member} was not rung: it is who calls.")
            return None
        try:
            return await self._placed(self._command(call_id, member, seconds))
        except CommandRefused as error:
            self.refused = error
            self._on.remark(f"{member} was not rung. {error}")
            return None

    async def _placed(self, command: PlaceCall) -> Session:
        """Place a leg; where the engine takes no call now it is asked again, until somebody answers or time is over."""
        while True:
            try:
                return await self._outbound.place(command)
            except EngineUnavailable:
                answered = any(leg.answered for leg in self._legs)
                if not self._session.services.leaving() and (answered or self._left() <= AGAIN_SECONDS):
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    def _command(self, call_id: str, member: str, seconds: float) -> PlaceCall:
        call, task = self._session.call, self._task
        return PlaceCall(
            account=call.account,
            callee=member,
            options=msgspec.structs.replace(hidden_with(call, task.leg), ring_seconds=seconds),
            party=self._party,
            party_by_trunk=bool(call.trunk),
            tasks=self._before,
            root=call.root,
            id=call_id,
            reports_tree=call.reports_tree,
        )


def _is_ready(leg: Session, *, queue: bool) -> bool:
    """Whether a leg may be connected; who picks it up may be without what comes before."""
    other = leg.answered_by
    return other.ready_to_talk and (other is not leg or not queue or leg.queue.idle.is_set())


async def first_ready(legs: Sequence[Session], seconds: float, *, queue: bool = False) -> Session | None:
    """Return the first leg that is answered within the time; of several at once the first in order. None: none is.

    `queue`: and whose queue is done.
    """
    if ready := next((leg for leg in legs if _is_ready(leg, queue=queue)), None):
        return ready
    waiting = {asyncio.create_task(is_ready(leg, queue=queue), name=f"answer of {leg.call.id}"): leg for leg in legs}
    pending = set(waiting)
    try:
        async with asyncio.timeout(seconds):
            while pending:
                _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task, leg in waiting.items():
                    if task.done() and task.result():
                        return leg
    except TimeoutError:
        pass
    finally:
        await cancelled(waiting)
    return None
