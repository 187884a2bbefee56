"""Two connected legs: their bridge, the time that they have, and who ends whom.

A Dial or a Ring makes a pair when the other party is ready. Its bridge's id is made of the task's, so that a controller
that comes finds the two again (engine.calls.recovery). Whichever ends, or their time, ends the other; how it ended is
passed on (engine.calls.ending). A Dial that continues keeps the first one, whose queue goes on when they are parted.
A transfer sets a pair aside: neither ends with the other any more, and the two may be connected again.
"""

import asyncio
import weakref
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.bridges import bridge_of
from engine.calls.ending import Ending, ending_of, passed_on
from engine.calls.session import Session, cancelled
from engine.calls.state import Milestone
from engine.ids import new_id
from engine.model.call import Direction, Party
from engine.model.cause import HangupCause
from engine.queues.entry import StopReason
from engine.store import calls
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.record import Record
from engine.tasks.ring import Ring
from engine.tasks.task import Requires
from engine.tasks.transfer import Parted, Transfer

GONE_SECONDS = 0.5  # until the event of a channel's end comes, once Asterisk refuses to bridge it


def other_of(task_id: str) -> str:
    """The id of the call that a Dial places."""
    return task_id.replace("task-", "call-", 1)


class Terms(NamedTuple):
    """How long two legs may be connected (seconds; None: as long as the calls last), whether the first one ends with
    the other, and whether it goes on with its queue only then."""

    max_seconds: float | None
    hang_up_after: bool
    continue_after: bool = False

    @classmethod
    def of(cls, task: Dial | Ring | Transfer | Parted) -> "Terms":
        """Those of the task that connects."""
        continue_after = not isinstance(task, Ring) and task.continue_after
        return cls(task.max_seconds, task.hang_up_after and not continue_after, continue_after)


class Pair:
    """`session`, whose task connects, and `other`, the leg that it placed.

    What holds the two is a part of `session`: it ends with that call, and with its controller, which leaves both as
    they are for the next one.
    """

    def __init__(
        self, session: Session, other: Session, task_id: str, terms: Terms, pairs: "Pairs", since: float = 0.0
    ) -> None:
        self.session, self.other, self.task_id, self.terms, self._pairs = session, other, task_id, terms, pairs
        self.bridge = Bridge(session.services.client, session.services.bus, bridge_of(task_id))
        self.since = since
        self._holding: asyncio.Task[None] | None = None
        self._aside = False

    def partner(self, leg: Session) -> Session:
        """The other one of the two."""
        return self.other if leg is self.session else self.session

    async def connect(self, since: float | None = None) -> bool:
        """Put both into the bridge, or this one where the other one is; False where the other party hung up meanwhile.

        `since`: when they were first connected (Unix seconds), where they are connected again; None: now.

        Where the other one has joined a conference, this one joins it the same way, and the bridge stays empty: a
        restarted controller knows by it that the two belong together. Raises AriError.
        """
        with self._pairs.connecting(self):
            return await self._connect(since)

    async def _connect(self, since: float | None) -> bool:
        session, other = self.session, self.other
        if self._holding:  # of the time before it was set aside
            await cancelled([self._holding])
        await session.ready(Requires.ANSWERED)
        session.media.bridges.own(self.bridge)
        mine, its = session.media, other.media
        try:
            async with its.speaking, mine.speaking, its.silence.off(), mine.silence.off():
                await self._meet()
        except BaseException as error:
            if not session.services.leaving():
                await mine.bridges.remove(self.bridge)
            if isinstance(error, AriError) and await other.ending(GONE_SECONDS):
                return False
            raise
        self._hold(session.services.clock() if since is None else since)
        return True

    def resume(self, since: float) -> None:
        """Hold two together that an earlier controller connected at `since` (Unix seconds)."""
        self.session.media.bridges.own(self.bridge)
        self._enter()
        self._hold(since)

    def set_aside(self) -> None:
        """Let neither end with the other any more; their bridge stays, and so does what waits for their end. A
        recording of these two ends."""
        self._aside = True
        self._pairs.remove(self)
        for leg in (self.session, self.other):
            self._pairs.untie(leg)
            leg.queue.stop_those(lambda task: isinstance(task, Record) and task.ends_with_pair, StopReason.REPLACED)
        if self._holding:
            self._holding.cancel()

    async def separate(self) -> None:
        """Take the two out of their bridge, which is removed, once they are set aside."""
        if self._holding:
            await cancelled([self._holding])
        for leg in (self.session, self.other):
            leg.media.leave(self.bridge.id)
        self.session.media.bridges.own(self.bridge)
        await self.session.media.bridges.remove(self.bridge)

    async def part(self) -> None:
        """Take the two apart: both calls go on, and neither ends with the other any more."""
        self.set_aside()
        await self.separate()
        self.session.queue.go_on()

    async def end(self, cause: HangupCause, by: Party = Party.US) -> None:
        """End both."""
        await self.other.hang_up(cause, by)
        await self.session.hang_up(cause, by)

    def tie(self) -> None:
        """End the other leg with this one also where this one's end comes before its task is resumed."""
        self.other.media.bridges.own(self.bridge)
        self._pairs.tie(self.other, self._tied())

    async def _tied(self) -> None:
        await end_along(self.other, self.session)
        await self.other.media.bridges.remove(self.bridge)

    async def _meet(self) -> None:
        session, other = self.session, self.other
        if session.call.direction is Direction.INBOUND:
            await session.channel.stop_ringing()
        await self.bridge.create()
        if joining := other.queue.doing(JoinConference):
            await session.queue.interject([msgspec.structs.replace(joining, id=new_id("task"))])
        else:
            await self.bridge.add(session.channel.id)
            await self.bridge.add(other.channel.id)
            self._enter()

    def _enter(self) -> None:
        for leg in (self.session, self.other):
            leg.media.enter(self.bridge.id)

    def _hold(self, since: float) -> None:
        self.since, self._aside = since, False
        self._pairs.add(self)
        if self.terms.continue_after and self.session.media.bridge == self.bridge.id:  # else in a conference
            self.session.queue.keep_waiting()
        self._holding = self.session.spawn(self._together(since), "connected")

    async def _together(self, since: float) -> None:
        session, other, limit = self.session, self.other, self.terms.max_seconds
        left = None if limit is None else since + limit - session.services.clock()
        try:
            await asyncio.wait_for(other.until(Milestone.GONE), left)
            session.media.leave(self.bridge.id)
            if self.terms.hang_up_after and other.ended_as:
                await end_with(session, other.ended_as)
        except TimeoutError:
            await self._time_is_over()
        finally:
            if not self._aside:
                await self._over()

    async def _over(self) -> None:
        session, other = self.session, self.other
        self._pairs.remove(self)
        if session.ended_as and not other.gone:
            await end_with(other, session.ended_as)
        if not session.services.leaving():
            await session.media.bridges.remove(self.bridge)
            session.queue.go_on()

    async def _time_is_over(self) -> None:
        if not self.terms.continue_after:
            return await self.end(HangupCause.MAX_DURATION)
        await self.other.hang_up(HangupCause.MAX_DURATION)
        await self.other.until(Milestone.GONE)
        self.session.media.leave(self.bridge.id)


class Pairs:
    """The pairs that are connected, by the ids of their calls, and the legs that are tied to another call's end."""

    def __init__(self) -> None:
        self._by_call: dict[str, Pair] = {}
        self._ties: dict[str, asyncio.Task[None]] = {}
        self._connecting: dict[str, asyncio.Event] = {}
        self._moving: weakref.WeakSet[Session] = weakref.WeakSet()

    def of(self, leg: Session) -> Pair | None:
        """The pair that a call is one of; None where it is connected with nobody, or its pair is set aside."""
        return self._by_call.get(leg.call.id)

    def add(self, pair: Pair) -> None:
        """Two are connected."""
        for leg in (pair.session, pair.other):
            self._by_call[leg.call.id] = pair

    def remove(self, pair: Pair) -> None:
        """Two are not connected any more; without effect where either is one of another pair by now."""
        for leg in (pair.session, pair.other):
            if self._by_call.get(leg.call.id) is pair:
                del self._by_call[leg.call.id]

    @contextmanager
    def connecting(self, pair: Pair) -> Iterator[None]:
        """Two are being connected; the phone of either has been answered by then, or is answered now."""
        done = asyncio.Event()
        for leg in (pair.session, pair.other):
            self._connecting[leg.call.id] = done
        try:
            yield
        finally:
            for leg in (pair.session, pair.other):
                self._connecting.pop(leg.call.id, None)
            done.set()

    def being_connected(self, leg: Session) -> asyncio.Event | None:
        """What is set once a call is connected, or will not be; None: it is not being connected."""
        return self._connecting.get(leg.call.id)

    def tie(self, leg: Session, work: Coroutine[Any, Any, None]) -> None:
        """Let `work`, which ends a leg with another call, go on for as long as the leg is up and tied."""
        self.untie(leg)
        task = self._ties[leg.call.id] = leg.spawn(work, "tied")
        task.add_done_callback(lambda done: self._forget(leg.call.id, done))

    def untie(self, leg: Session) -> None:
        """Let a leg end with no other call."""
        if task := self._ties.pop(leg.call.id, None):
            task.cancel()

    def move(self, party: Session) -> None:
        """A transfer of a call's party begins: from its request on, which is stored only then."""
        self._moving.add(party)

    def moved(self, party: Session) -> None:
        """Its transfer is over."""
        self._moving.discard(party)

    def is_moving(self, leg: Session) -> bool:
        """Whether a call is one of a transfer: its party is moved, or it waits, and ends with another call."""
        return leg in self._moving or leg.call.id in self._ties

    def _forget(self, call: str, task: "asyncio.Task[None]") -> None:
        if self._ties.get(call) is task:
            del self._ties[call]


async def end_with(session: Session, other: Ending) -> None:
    """End a call because the one that it was connected with ended like this."""
    ending = passed_on(other)
    await session.hang_up(ending.cause, ending.by)


async def end_along(other: Session, session: Session) -> None:
    """End a leg that was placed for `session` when that one is gone: as its party's, or as a call that is cancelled."""
    await session.until(Milestone.GONE)
    if other.media.bridge and session.ended_as:
        await end_with(other, session.ended_as)
    else:
        await other.hang_up(HangupCause.CANCELLED, Party.CONNECTED)


async def left_alone(session: Session, bridge: Bridge, gone: str | None) -> None:
    """End the bridge of one whose other party, `gone`, ended before; and its call, unless it is to go on (None)."""
    await session.media.bridges.remove(bridge)
    if gone:
        ended = await session.services.database.read(lambda conn: calls.get(conn, gone))
        await end_with(session, ending_of(ended) if ended else Ending(cause=HangupCause.NORMAL, by=Party.FAR))
    session.queue.go_on()
