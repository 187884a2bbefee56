"""Outbound calls: every leg is admitted and stored here; engine.calls.dialling dials it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from engine.calls.admission_protocol import Admitted, Bar, Cover, Held, Uncovered
from engine.calls.dialling import dial
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.commands import CallBarred, CreditSpent, EngineUnavailable, PlaceCall
from engine.commands.once import Once
from engine.ids import new_id
from engine.model.call import Call, CallState, Direction
from engine.model.leg_options import PLAIN, LegOptions
from engine.store import call_requests, calls, tasks
from engine.store.tasks import TaskRow
from engine.tasks.kinds import AnyTask
from engine.tasks.record import Record

MakeSession = Callable[[Call, Sequence[TaskRow]], Session]


def with_ids(added: Iterable[AnyTask]) -> tuple[AnyTask, ...]:
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
            party_by_trunk=command.party_by_trunk,
            options=options,
        )
        call = self._call(call_id, command, admitted)
        try:
            unit = _inserting(call, with_ids(_tasks(command, admitted)), admitted.cover, admission.barred, command.once)
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
        self.registry.start(session, lambda live: dial(live, admitted, self.registry))
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


def _tasks(command: PlaceCall, admitted: Admitted) -> tuple[AnyTask, ...]:
    """Return what a leg begins with when it was answered."""
    return (Record(both_sides=True, ends_with_pair=True), *command.tasks) if admitted.is_recorded else command.tasks


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
