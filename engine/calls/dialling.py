"""Connecting a call to another party: a second leg, and a bridge of the two."""

import asyncio
import contextlib

import structlog

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.call import Call, Direction
from engine.calls.cause import HangupCause
from engine.calls.outbound import Door
from engine.calls.session import Session
from engine.commands import CommandRefused, PlaceCall
from engine.store import calls
from engine.tasks.dial import Dial
from engine.tasks.results import Dialled, TaskFailed
from engine.tasks.roles import Subject
from engine.tasks.task import Requires

log = structlog.get_logger(__name__)


class CallDialler:
    """Dials for one call (engine.tasks.roles.Dialler)."""

    def __init__(self, session: Session, door: Door) -> None:
        self._session, self._door = session, door

    async def dial(self, task: Dial, on: Subject) -> Dialled:
        """See engine.tasks.roles.Dialler. The other leg's id is made of the task's, so a restart finds it again."""
        session = self._session
        if session.call.direction is Direction.OUTBOUND:  # else the other party may wait for a phone that rings
            await session.ready(Requires.ANSWERED)
        other_id = on.task_id.replace("task-", "call-", 1)
        other = self._door.registry.get(other_id) if on.resumed else None
        if other is None and on.resumed and (ended := await self._ended(other_id)) is not None:
            return await self._unreached(task, ended)
        if other is None:
            other = await self._place(task, other_id)
        await on.started()
        try:
            if not await self._reached(other):
                await other.ended.wait()
                return await self._unreached(task, other.call)
            await session.ready(Requires.ANSWERED)
            await self._connect(task, on, other)
        except BaseException:
            await other.hang_up(HangupCause.CANCELLED)
            raise
        return Dialled(call=other_id, answered=True)

    async def _place(self, task: Dial, other_id: str) -> Session:
        call = self._session.call
        command = PlaceCall(
            account=call.account,
            callee=task.to,
            caller=task.caller,
            party=call.caller if call.direction is Direction.INBOUND else call.callee,
            tag=task.call_tag,
            root=call.root,
            id=other_id,
            ring_seconds=task.ring_seconds,
        )
        try:
            return await self._door.place(command)
        except CommandRefused as error:
            if task.hang_up_after:
                self._session.hang_up_behind(HangupCause.NOT_ALLOWED)
            raise TaskFailed("not_allowed", str(error)) from error

    async def _reached(self, other: Session) -> bool:
        """Wait until the other party answers (True) or will not; the caller hears ringing meanwhile."""
        session = self._session
        if session.call.direction is Direction.INBOUND:
            try:
                await session.channel.ring()
            except AriError as error:
                log.warning("A ringing could not be sent.", call=session.call.id, error=str(error))
        answered = asyncio.create_task(other.answered.wait(), name=f"answer of {other.call.id}")
        gone = asyncio.create_task(other.gone.wait(), name=f"end of {other.call.id}")
        try:
            await asyncio.wait((answered, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            answered.cancel()
            gone.cancel()
        return other.answered.is_set() and not other.gone.is_set()

    async def _ended(self, other_id: str) -> Call | None:
        """The other leg as it ended while no controller was there, or before this task came to it again."""
        return await self._session.services.database.read(lambda conn: calls.get(conn, other_id))

    async def _unreached(self, task: Dial, other: Call) -> Dialled:
        cause = other.cause or HangupCause.ERROR
        if task.hang_up_after:
            self._session.hang_up_behind(cause)
        return Dialled(call=other.id, answered=other.answered is not None, cause=cause)

    async def _connect(self, task: Dial, on: Subject, other: Session) -> None:
        session = self._session
        bridge = Bridge(session.services.client, session.services.bus, on.task_id.replace("task-", "bridge-", 1))
        async with session.speaking:
            if session.call.direction is Direction.INBOUND:
                await session.channel.stop_ringing()
            await bridge.create()
            await bridge.add(session.channel.id)
            await bridge.add(other.channel.id)
        on.accepted()
        session.bridge = other.bridge = bridge.id
        session.spawn(keep(session, other, bridge, hang_up_after=task.hang_up_after), "connected")


async def keep(session: Session, other: Session, bridge: Bridge, *, hang_up_after: bool) -> None:
    """Hold two calls together until one of them ends; cancelled when this one does."""
    try:
        await other.gone.wait()
        session.bridge = None
        if hang_up_after:
            await session.hang_up()
    finally:
        if not other.gone.is_set():
            await other.hang_up()
        with contextlib.suppress(AriError):
            await bridge.destroy()
