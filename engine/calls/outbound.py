"""The one door out: every leg that we place goes through here."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from engine.ari.errors import AriError, Gone
from engine.calls.admission import Admitted, Route
from engine.calls.call import Call, Direction, Party
from engine.calls.cause import HangupCause
from engine.calls.following import FOLLOWED, follow
from engine.calls.registry import Registry
from engine.calls.services import Services
from engine.calls.session import Ending, Session
from engine.calls.state import CallState
from engine.commands import EngineUnavailable, PlaceCall
from engine.ids import new_id
from engine.store import calls, tasks
from engine.store.tasks import TaskRow
from engine.tasks.kinds import AnyTask

TRY_NEXT = {
    HangupCause.CONGESTION,
    HangupCause.NETWORK_ERROR,
    HangupCause.NO_RESPONSE,
    HangupCause.NO_ROUTE,
    HangupCause.NOT_ACCEPTABLE,
    HangupCause.ERROR,
}
MakeSession = Callable[[Call, Sequence[TaskRow]], Session]


def with_ids(added: Sequence[AnyTask]) -> tuple[AnyTask, ...]:
    """Give each task the id under which it will be known, also to Asterisk."""
    return tuple(msgspec.structs.replace(task, id=new_id("task")) for task in added)


class Door:
    """Admits, stores and dials."""

    def __init__(self, services: Services, registry: Registry, make: MakeSession) -> None:
        self._services, self.registry, self._make = services, registry, make
        self.open = False

    async def place(self, command: PlaceCall) -> Session:
        """Admit a leg, commit it with its tasks, and let it live; raises engine.commands.CommandRefused."""
        if not self.open:
            raise EngineUnavailable("The telephone engine is starting or has lost its media server. Try again.")
        services, settings = self._services, self._services.settings
        call_id = command.id or new_id("call")
        longest = min(command.max_seconds or settings.max_call_seconds, settings.max_call_seconds)
        admission = services.admission
        admitted = await admission.admit(
            command.account, call_id, command.callee, command.caller, max_seconds=longest, party=command.party
        )
        call = Call(
            id=call_id,
            root=command.root or call_id,
            account=command.account,
            application=command.application,
            tag=command.tag,
            direction=Direction.OUTBOUND,
            caller=admitted.caller or "",
            callee=admitted.digits,
            state=CallState.QUEUED,
            created=services.clock(),
            node=settings.node,
            ari_application=settings.ari_application,
            channel_id=call_id,
            ring_seconds=command.ring_seconds or settings.ring_seconds,
            max_seconds=admitted.max_seconds,
        )
        try:
            rows = await services.writer.write(_inserting(call, with_ids(command.tasks)))
        except BaseException:
            await admission.release(command.account, call_id)
            raise
        session = self._make(call, rows)
        self.registry.start(session, lambda live: dial(live, admitted))
        return session


def _inserting(call: Call, added: Sequence[AnyTask]) -> Callable[[Connection], list[TaskRow]]:
    def unit(conn: Connection) -> list[TaskRow]:
        calls.insert(conn, call)
        return tasks.append(conn, call.id, added, call.created) if added else []

    return unit


async def dial(session: Session, admitted: Admitted) -> Ending:
    """Wait for the account's turn, then try each route until one reaches the party."""
    if admitted.wait > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(session.hanging_up.wait(), admitted.wait)
    ending = Ending(cause=HangupCause.NO_ROUTE, by=Party.NETWORK)
    for attempt, route in enumerate(admitted.routes, start=1):
        if session.hanging_up.is_set():
            return Ending(cause=session.our_cause or HangupCause.CANCELLED, by=Party.US)
        ending = await _attempt(session, attempt, route)
        if session.call.answered or session.our_cause or ending.cause not in TRY_NEXT:
            return ending
        session.hanging_up.clear()
    return ending


async def _attempt(session: Session, attempt: int, route: Route) -> Ending:
    """Dial one route and follow the call to its end."""
    call = session.call
    channel_id = call.id if attempt == 1 else f"{call.id}-{attempt}"
    await session.dialing(channel_id, route.trunk)
    variables = {"CONNECTEDLINE(all,i)": f'"{call.caller}" <{call.caller}>'} if call.caller else None
    with session.services.bus.subscribe(channel_id, types=FOLLOWED) as events:
        try:
            channel = await session.channel.create(route.endpoint, args=("outbound",), variables=variables)
            session.note_sip_call_id(channel.protocol_id)
            await session.channel.dial(seconds=math.ceil(call.ring_seconds))
        except Gone:
            pass  # ChannelDestroyed says why
        except AriError:
            await session.channel.hangup()
            return Ending(cause=HangupCause.NO_ROUTE, by=Party.NETWORK)
        if session.our_cause:
            await session.hang_up()
        return await follow(session, events)
