"""Outbound calls: the only place that dials a leg."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError, AriUnreachable, Gone
from engine.calls.admission_protocol import Admitted, Bar, Cover, Held, Route, Uncovered
from engine.calls.ending import Ending
from engine.calls.following import FOLLOWED, follow
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.calls.state import Milestone
from engine.commands import CallBarred, CreditSpent, EngineUnavailable, PlaceCall
from engine.commands.once import Once
from engine.ids import new_id
from engine.model.call import Call, CallState, Direction, Party
from engine.model.cause import HangupCause
from engine.model.leg_options import PLAIN, LegOptions
from engine.store import call_requests, calls, tasks
from engine.store.errors import StoreUnavailable
from engine.store.tasks import TaskRow
from engine.tasks.kinds import AnyTask

log = structlog.get_logger(__name__)
TRY_NEXT = {
    HangupCause.CONGESTION,
    HangupCause.NETWORK_ERROR,
    HangupCause.NO_RESPONSE,
    HangupCause.NO_ROUTE,
    HangupCause.NOT_ACCEPTABLE,
    HangupCause.ERROR,
}
SHUTTING_DOWN = 503
"""What Asterisk answers every request with from when it was told to shut down (tried on Asterisk 22.10.1)."""
ASKED_AGAIN_SECONDS = 1.0
MakeSession = Callable[[Call, Sequence[TaskRow]], Session]


def with_ids(added: Sequence[AnyTask]) -> tuple[AnyTask, ...]:
    """Give each task the id under which it will be known, also to Asterisk."""
    return tuple(msgspec.structs.replace(task, id=new_id("task")) for task in added)


class OutboundCalls:
    """Admits, stores and dials."""

    def __init__(self, services: CallServices, registry: Registry, make: MakeSession) -> None:
        self._services, self.registry, self._make = services, registry, make
        self.open = False

    async def place_once(self, command: PlaceCall) -> Call:
        """Place a call; returns it, or the one that the same request was answered with before.

        Raises engine.commands.CommandRefused.
        """
        account, once, now = command.account, command.once, self._services.clock()
        if once and (before := await self._services.database.read(lambda conn: _answered(conn, account, once, now))):
            return before
        try:
            return (await self.place(command)).call
        except _Repeated as repeated:  # two requests at once
            return repeated.call

    async def place(self, command: PlaceCall) -> Session:
        """Admit a leg, commit it with its tasks, and let it live; raises engine.commands.CommandRefused."""
        if not self.open:
            raise EngineUnavailable("The telephone engine is starting or has lost its media server. Try again.")
        services, longest = self._services, self._services.settings.max_call_seconds
        call_id, options = command.id or new_id("call"), command.options
        admission = services.admission
        admitted = await admission.admit(
            command.account,
            call_id,
            command.callee,
            options.caller,
            max_seconds=min(command.max_seconds or longest, longest),
            party=command.party,
            options=options,
        )
        call = self._call(call_id, command, admitted)
        try:
            unit = _inserting(call, with_ids(command.tasks), admitted.cover, admission.barred, command.once)
            stored = await services.writer.write(unit)
            if isinstance(stored, Call):
                raise _Repeated(stored)
            if isinstance(stored, Uncovered):
                raise CreditSpent(stored.why)
            if isinstance(stored, Barred):
                raise CallBarred(stored.why)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):  # that does not take the write back, and nobody knows of it
                services.writer.post(partial(self._withdraw, call=call_id))
            await admission.release(command.account, call_id)
            raise
        session = self._make(call, stored.rows)
        session.hold(admitted.cover, stored.held)
        self.registry.start(session, lambda live: dial(live, admitted))
        return session

    def _withdraw(self, conn: Connection, call: str) -> None:
        calls.withdraw(conn, call)
        self._services.admission.drop(conn, call)

    def _call(self, call_id: str, command: PlaceCall, admitted: Admitted) -> Call:
        settings = self._services.settings
        return Call(
            id=call_id,
            root=command.root or call_id,
            account=command.account,
            application=command.application,
            data=command.data,
            direction=Direction.OUTBOUND,
            caller=admitted.caller or "",
            callee=admitted.digits,
            state=CallState.QUEUED,
            created=self._services.clock(),
            node=settings.node,
            ari_application=settings.ari_application,
            channel_id=call_id,
            ring_seconds=command.options.ring_seconds or settings.ring_seconds,
            max_seconds=admitted.max_seconds,
            reports_tree=command.reports_tree,
            options=_recorded(command.options),
        )


def _recorded(options: LegOptions) -> LegOptions | None:
    """Return what a call keeps of its options: caller and time to ring are the record's own, and what is heard
    meanwhile is known to the task that waits."""
    if options is PLAIN:
        return None
    kept = msgspec.structs.replace(options, caller=None, ring_seconds=None, ringback="", music="")
    return None if kept == PLAIN else kept


class _Stored(NamedTuple):
    """A call that was stored: its tasks, and what is held for it."""

    rows: list[TaskRow]
    held: Held


class Barred(NamedTuple):
    """A call that was not stored, for a feature has something against it."""

    why: str


class _Repeated(Exception):
    """The request was answered with this call meanwhile."""

    def __init__(self, call: Call) -> None:
        self.call = call
        super().__init__(call.id)


def _answered(conn: Connection, account: str, once: Once, now: float) -> Call | None:
    before = call_requests.answered(conn, account, once, now)
    return calls.get(conn, before) if before else None


def _inserting(
    call: Call, added: Sequence[AnyTask], cover: Cover | None, barred: Bar, once: Once | None
) -> Callable[[Connection], _Stored | Uncovered | Barred | Call]:
    """Return what stores a call and holds what it costs, or neither; and neither if `once` was answered with a call."""

    def unit(conn: Connection) -> _Stored | Uncovered | Barred | Call:
        if once and (before := _answered(conn, call.account, once, call.created)):
            return before
        if why := barred(conn, call):
            return Barred(why)
        held = cover.take(conn, call.created) if cover else Held()
        if isinstance(held, Uncovered):
            return held
        calls.insert(conn, call)
        if once:
            call_requests.keep(conn, call.account, once, call.id, call.created)
        return _Stored(tasks.append(conn, call.id, added, call.created) if added else [], held)

    return unit


async def dial(session: Session, admitted: Admitted, *, restored: bool = False) -> Ending:
    """Wait for the account's turn, then try each route until one reaches the party.

    Of a call that waited, or was stored by an earlier controller (`restored`), it is asked once more whether it may be
    placed; else it ends as cancelled by us.
    """
    if admitted.wait > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(session.until(Milestone.HANGING_UP), admitted.wait)
    if (admitted.wait > 0 or restored) and not session.ours and await barred(session):
        return session.ours or Ending(cause=HangupCause.CANCELLED, by=Party.US)
    return await try_next(session, admitted.routes, Ending(cause=HangupCause.NO_ROUTE, by=Party.NETWORK), first=1)


async def barred(session: Session) -> bool:
    """Whether a feature has something by now against a call that was stored and not dialled.

    While the store cannot be reached it is not known, and the call waits.
    """
    services, call = session.services, session.call
    while True:
        try:
            why = await services.database.read(lambda conn: services.admission.barred(conn, call))
        except StoreUnavailable:
            if await session.ending(ASKED_AGAIN_SECONDS):
                return False
            continue
        if why:
            log.info("A call that waited is not dialled.", call=call.id, why=why)
        return why is not None


async def try_next(session: Session, routes: Sequence[Route], ending: Ending, *, first: int) -> Ending:
    """Try the routes from the `first` on (counted from 1) for as long as a trunk, not the party, is why it ended."""
    for attempt, route in enumerate(routes[first - 1 :], start=first):
        if session.ours or session.call.answered or ending.cause not in TRY_NEXT:
            break
        ending = await _attempt(session, attempt, route)
    return session.ours or ending


async def _attempt(session: Session, attempt: int, route: Route) -> Ending:
    """Dial one route and follow the call to its end."""
    call = session.call
    channel_id = call.id if attempt == 1 else f"{call.id}-{attempt}"
    await session.dialing(channel_id, route.trunk)
    with session.services.bus.subscribe(channel_id, types=FOLLOWED) as events:
        try:
            channel = await session.channel.create(route.endpoint, args=("outbound",), variables=_variables(call))
            session.note_sip_call_id(channel.protocol_id)
            await session.channel.dial(seconds=math.ceil(call.ring_seconds))
            session.note_dialled()
        except Gone:
            pass  # ChannelDestroyed says why
        except AriError as error:
            log.warning("A route could not be dialled.", call=call.id, trunk=route.trunk, error=str(error))
            await session.remove_channel()
            gone = isinstance(error, AriUnreachable) or error.status == SHUTTING_DOWN
            return Ending(cause=HangupCause.MEDIA_NODE_LOST if gone else HangupCause.NO_ROUTE, by=Party.NETWORK)
        if session.ours:
            await session.hang_up()
        ending = await follow(session, events)
    if route.last_resort and ending.cause is HangupCause.UNKNOWN_NUMBER:
        return msgspec.structs.replace(ending, cause=HangupCause.NO_ROUTE, by=Party.NETWORK)
    return ending


def _variables(call: Call) -> dict[str, str] | None:
    """What the INVITE says beside the number, as Asterisk's functions.

    A private one has an anonymous From and no asserted identity, and asks for the same of whoever it passes (RFC 3323
    §4.1.1.3, §4.2; RFC 3325 §9.3).
    """
    options = call.options or PLAIN
    variables = {"CONNECTEDLINE(all,i)": f'"{call.caller}" <{call.caller}>'} if call.caller else {}
    if options.private:
        variables["CONNECTEDLINE(pres,i)"] = "prohib"
        variables["PJSIP_HEADER(add,Privacy)"] = "id"
    for name, value in options.headers:
        variables[f"PJSIP_HEADER(add,{name})"] = value
    return variables or None
