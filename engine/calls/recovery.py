"""After a controller's crash: the calls are still up in Asterisk; match them by id, and go on at the task boundary."""

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import structlog

from engine.ari import generated as ari
from engine.ari.bridge import Bridge
from engine.ari.bus import Subscription
from engine.ari.errors import AriConflict, AriError
from engine.calls.admission_protocol import Admitted, Cover
from engine.calls.bridges import bridge_of, task_of
from engine.calls.dialled_before import DialledBefore
from engine.calls.dialling import barred, dial, invite
from engine.calls.ending import Ending
from engine.calls.following import FOLLOWED, follow, lost, note_state
from engine.calls.forked_before import by_leg, go_on_forked, inside
from engine.calls.forking import Fork, first_of
from engine.calls.group_ringing import member_of
from engine.calls.inbound import await_application
from engine.calls.outbound import MakeSession
from engine.calls.pair import Pair, Terms, end_along, left_alone, other_of
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Life, Session
from engine.calls.transferor import Transferor
from engine.commands import CommandRefused
from engine.events import Event
from engine.model.call import Call, CallState, Direction
from engine.model.cause import HangupCause
from engine.model.leg_options import PLAIN
from engine.store import calls, events, owners, tasks, typed_ahead
from engine.store.tasks import TaskRow
from engine.store.typed_ahead import TypedDigit
from engine.tasks.dial import Dial
from engine.tasks.fax import ReceiveFax, SendFax
from engine.tasks.results import Completed, Dialled
from engine.tasks.ring import MOST_MEMBERS, Ring
from engine.tasks.task import TaskState
from engine.tasks.transfer import Parted, Transfer

log = structlog.get_logger(__name__)
ADOPTED_SECONDS = 2.0
"""For a fax whose call ended while no controller was there to read how it ended."""


class RecoveredCalls(NamedTuple):
    """What an earlier controller left: its live calls with their open tasks.

    `pairs` are the finished Dials and Rings whose bridges are there. `typed` are digits that no task had taken. `seen`
    is its last sign of life (Unix seconds), 0 where it left none: what ended after it, nobody saw end. `covers` is the
    money held for the calls, by their ids; `untouched` are the ids of those that never had a task; `noted` are the
    events of those that were dialled and not answered.
    """

    calls: list[tuple[Call, list[TaskRow]]]
    pairs: list[TaskRow]
    typed: list[TypedDigit]
    seen: float
    covers: dict[str, Cover]
    untouched: set[str]
    noted: dict[str, list[Event]]


class CallRecovery:
    """Restores the calls of this ARI application from the store.

    `read` asks the store and Asterisk and may be done again when it fails; `restore` and `run_all` only act on what it
    found, without waiting for anything, so that no call is ever restored twice.
    """

    def __init__(self, services: CallServices, registry: Registry, make: MakeSession) -> None:
        self._services, self._registry, self._make = services, registry, make
        self._restored: list[tuple[Session, Life]] = []

    async def read(self) -> RecoveredCalls:
        """Find what was left, and take the places of the calls."""
        application = self._services.settings.ari_application
        read = self._services.database.read
        seen = await read(functools.partial(owners.seen, ari_application=application))
        recovered = RecoveredCalls([], await self._pairs(), await read(typed_ahead.all), seen or 0.0, {}, set(), {})
        for call in await read(lambda conn: calls.live(conn, application)):
            rows = await read(functools.partial(tasks.open_of, owner=call.id))
            recovered.calls.append((call, rows))
            if not rows and not await read(functools.partial(tasks.of, owner=call.id)):
                recovered.untouched.add(call.id)
            if cover := await self._services.admission.cover_of(call):
                recovered.covers[call.id] = cover
            if call.direction is Direction.OUTBOUND and call.state in (CallState.DIALING, CallState.RINGING):
                stored = await read(functools.partial(events.of_subject, subject=call.id))
                recovered.noted[call.id] = [one.event for one in stored]
            await self._take_places(call)
        return recovered

    async def _take_places(self, call: Call) -> None:
        """Take the places of a call, in its account and on its trunk, before other calls can take them."""
        try:
            await self._services.admission.resume(call.account, call.id)
        except CommandRefused as error:
            log.warning("A restored call holds no place.", call=call.id, error=str(error))
        if call.direction is Direction.OUTBOUND and call.trunk:
            await self._services.gate.resume(call.id, call.trunk)

    def restore(self, recovered: RecoveredCalls, channels: Iterable[ari.Channel]) -> None:
        """Make a session for each call that was live; its events are held for it from now on."""
        there = {channel.id: channel for channel in channels}
        phones = by_leg(there)
        for call, rows in recovered.calls:
            session = self._make(call, rows)
            typed = (one for one in recovered.typed if one.call == call.id)
            session.restore(recovered.covers.get(call.id), typed)
            self._registry.add(session)
            others = phones.get(first_of(call.channel_id), ())
            session.note_branches(one.id for one in others)
            self._restored.append((session, self._life(call, there.get(call.channel_id), others, recovered)))
        for _, rows in recovered.calls:
            for row in rows:
                self._tie(row)
        transfers = [row for _, rows in recovered.calls for row in rows if isinstance(row.task, Transfer)]
        aside = {two.task for row in transfers for two in _apart(row)}
        for row in recovered.pairs:
            self._reconnect(row, aside)
        for row in transfers:
            self._set_aside(row)

    def run_all(self) -> None:
        """Let the restored calls live on."""
        restored, self._restored = self._restored, []
        for session, life in restored:
            self._registry.start(session, life)
        if restored:
            log.info("Calls of a controller that is gone were taken over.", calls=len(restored))

    def _life(
        self, call: Call, channel: ari.Channel | None, phones: Sequence[ari.Channel], recovered: RecoveredCalls
    ) -> Life:
        if phones and (channel is not None or not call.answered):
            ids = dict.fromkeys((call.channel_id, *(one.id for one in phones)))  # a hang-up nudges the first one
            inbox = self._services.bus.subscribe(*ids, types=FOLLOWED)
            admitted = self._admitted(call)
            return lambda session: go_on_forked(session, admitted, inbox, phones)
        if channel is not None:
            inbox = self._services.bus.subscribe(channel.id, types=FOLLOWED)
            if call.direction is Direction.OUTBOUND:
                admitted, noted = self._admitted(call), recovered.noted.get(call.id, [])
                return lambda session: _resume_dialled(session, inbox, channel, admitted, noted)
            untouched = call.id in recovered.untouched
            return lambda session: _resume_arrived(session, inbox, channel, untouched=untouched)
        if call.state is CallState.QUEUED:
            admitted = self._admitted(call)
            return lambda session: dial(session, admitted, self._registry, restored=True)
        return lambda session: _end_lost(session, recovered.seen)

    def _admitted(self, call: Call) -> Admitted:
        """What an outbound call was admitted to."""
        admission = self._services.admission
        return Admitted(
            digits=call.callee,
            routes=admission.routes(call.account, call.callee, call.options or PLAIN, call=call.id),
            caller=call.caller or None,
            max_seconds=call.max_seconds,
            max_attempts=admission.max_attempts(call.account),
        )

    async def _pairs(self) -> list[TaskRow]:
        pairs = []
        for bridge in await self._services.client.bridges.list():
            if task_id := task_of(bridge.id):
                row = await self._services.database.read(functools.partial(tasks.get, id=task_id))
                finished = row is not None and row.state is not TaskState.RUNNING  # one that runs connects them again
                if row and finished and isinstance(row.task, Dial | Ring | Transfer):
                    pairs.append(row)
        return pairs

    def _tie(self, row: TaskRow) -> None:
        """A leg whose Dial is under way ends with its caller, also where the caller's end comes before the Dial's."""
        session = self._registry.get(row.owner)
        if session is None or row.state is not TaskState.RUNNING:
            return
        if isinstance(row.task, Dial) and (other := self._registry.get(other_of(row.id))):
            Pair(session, other, row.id, Terms.of(row.task), self._registry.pairs).tie()
        elif isinstance(row.task, Ring | Transfer):
            session.media.bridges.own(Bridge(self._services.client, self._services.bus, bridge_of(row.id)))
            for place in range(MOST_MEMBERS):
                if member := self._registry.get(member_of(row.id, place)):
                    self._registry.pairs.tie(member, end_along(member, session))

    def _set_aside(self, row: TaskRow) -> None:
        """Who transfers a call waits with its party: neither ends with the other, until the transfer goes on."""
        assert isinstance(row.task, Transfer)
        if party := self._registry.get(row.owner):
            Transferor(party, self._registry, row.task).set_aside()

    def _reconnect(self, row: TaskRow, aside: Collection[str]) -> None:
        """Calls that a Dial connected are held together again; one whose other party is gone ends as it would have.

        Those that the tasks of `aside` connected are being transferred: none of them ends with the other.
        """
        assert isinstance(row.task, Dial | Ring | Transfer)
        session, other = self._registry.get(row.owner), self._registry.get(_reached(row))
        if session and other:
            terms, pairs = Terms.of(row.task), self._registry.pairs
            Pair(session, other, row.id, terms, pairs).resume(row.ended or self._services.clock())
        elif left := session or other:
            bridge = Bridge(self._services.client, self._services.bus, bridge_of(row.id))
            left.media.bridges.own(bridge)
            if row.id in aside:
                return
            terms = Terms.of(row.task)
            ends = _reached(row) if terms.hang_up_after else None
            if session and terms.continue_after:
                session.queue.keep_waiting()
            left.spawn(left_alone(left, bridge, ends if session else row.owner), "left alone")


def _apart(row: TaskRow) -> Iterator[Parted]:
    """The pairs that a transfer takes apart."""
    if isinstance(row.task, Transfer):
        yield from filter(None, (row.task.parted, row.task.consulted))


def _reached(row: TaskRow) -> str:
    """The id of the call that a Dial or a Ring that is over connected its own to."""
    result = row.outcome.result if isinstance(row.outcome, Completed) else None
    return result.call if isinstance(result, Dialled) and result.call else other_of(row.id)


async def _resume_arrived(session: Session, inbox: Subscription, channel: ari.Channel, *, untouched: bool) -> Ending:
    """Go on with a call that came in and whose channel is still there."""
    with inbox:
        note_state(session, channel)
        if not session.answered and untouched:
            session.spawn(await_application(session), "offer")
        return await follow(session, inbox)


async def _resume_dialled(
    session: Session, inbox: Subscription, channel: ari.Channel, admitted: Admitted, noted: list[Event]
) -> Ending:
    """Go on with a call that we placed and whose channel is still there, and with the next trunk if this one fails."""
    before = DialledBefore(session, admitted, noted)
    with inbox:
        dialled = session.call.sip_call_id is not None
        note_state(session, channel)
        if channel.state == "Down" and not dialled:
            if await barred(session):
                await session.hang_up(HangupCause.CANCELLED)
            elif fork := await _dial_again(session, admitted, channel, inbox):
                return await fork.follow()
        ending = await before.follow(inbox)
    return await before.go_on(ending)


async def _end_lost(session: Session, seen: float) -> Ending:
    """End a call whose channel is gone, and which holds no place on a trunk any more."""
    for kind in (SendFax, ReceiveFax):
        await session.queue.adopted(kind, ADOPTED_SECONDS)
    ending = await lost(session, seen)
    if session.call.direction is Direction.OUTBOUND and session.call.trunk:
        session.services.gate.leave(session.call.id, session.call.trunk)
    return ending


async def _dial_again(session: Session, admitted: Admitted, channel: ari.Channel, inbox: Subscription) -> Fork | None:
    """It was created, and is not known to have been dialled.

    A second dial is refused only once the phone rings. Before, it ends the call (tried on Asterisk 22.10.1: PJSIP has
    its INVITE already), also while early media is heard, hence the note of the first.
    """
    try:
        return await invite(session, inside(admitted), channel, inbox)
    except AriConflict:
        pass
    except AriError as error:
        log.warning("A restored call could not be dialled.", call=session.call.id, error=str(error))
    return None
