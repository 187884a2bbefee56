"""The live conferences of this controller: started, found, restored."""

import asyncio
import functools
from collections.abc import Sequence

import msgspec
import structlog

from engine.calls.call import Direction
from engine.calls.outbound import Door, with_ids
from engine.calls.registry import Registry
from engine.calls.services import Services
from engine.calls.session import Session
from engine.commands import (
    CommandRefused,
    ConferenceMember,
    ConferenceView,
    EngineUnavailable,
    NoSuchConference,
    PlaceCall,
    StartConference,
)
from engine.conferences.conference import Conference
from engine.conferences.policy import Invited, Policy, decode, encode
from engine.ids import new_id
from engine.store import calls, conferences, tasks
from engine.store.conferences import ConferenceRow, ParticipantRow
from engine.store.tasks import TaskRow
from engine.tasks.join_conference import JoinConference
from engine.tasks.queue import QueueClosed

log = structlog.get_logger(__name__)
Left = tuple[ConferenceRow, list[TaskRow], list[ParticipantRow]]


def _digits(number: str) -> str:
    return "".join(one for one in number if one.isdigit())


class Conferences:
    """Owns every conference's task; finds one by its id (engine.calls.rooms.Rooms)."""

    def __init__(self, services: Services, registry: Registry) -> None:
        self._services, self._registry = services, registry
        self.door: Door | None = None  # set by the engine: the door's sessions need these rooms
        self._live: dict[str, Conference] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, account: str, conference: str) -> Conference | None:
        """See engine.calls.rooms.Rooms."""
        found = self._live.get(conference)
        return found if found and found.account == account and not found.over.is_set() else None

    def need(self, account: str, conference: str) -> Conference:
        """A live conference of this account; raises NoSuchConference."""
        if found := self.find(account, conference):
            return found
        raise NoSuchConference("There is no such conference, or it is over.")

    async def start(self, command: StartConference) -> str:
        """See engine.commands.StartConference."""
        assert self.door
        conference_id = command.id or new_id("conf")
        for invite in (command.moderator, *command.attendees):
            self._services.admission.check(command.account, invite.callee, invite.caller)
        reused = self._leg_of(command.account, command.moderator.callee)
        moderator = Invited.of(command.moderator)
        if reused:
            moderator = msgspec.structs.replace(moderator, call=reused.call.id)
        policy = Policy(
            moderator=moderator,
            attendees=tuple(Invited.of(invite) for invite in command.attendees),
            wait_for_participant=command.wait_for_participant,
            waiting_prompt=command.waiting_prompt,
        )
        row = ConferenceRow(
            id=conference_id,
            account=command.account,
            tag=command.tag,
            moderator=moderator.call,
            policy=encode(policy),
            ari_application=self._services.settings.ari_application,
            created=self._services.clock(),
        )
        await self._services.writer.write(lambda conn: conferences.insert(conn, row))
        try:
            session = await self._call_moderator(row, moderator, reused)
        except CommandRefused:
            at = self._services.clock()
            unit_fields = {"ended": at, "reason": "refused"}
            await self._services.writer.write(lambda conn: conferences.update(conn, row.id, **unit_fields))
            raise
        self._run(Conference(self._services, row, policy, session, self))
        return conference_id

    def _leg_of(self, account: str, number: str) -> Session | None:
        """A live call of the account's with this number and in no conference, which then need not be called."""
        wanted = _digits(number)
        taken = {conference.moderator.call.id for conference in self._live.values() if conference.moderator}
        for session in self._registry:
            call = session.call
            party = call.callee if call.direction is Direction.OUTBOUND else call.caller
            free = session.room is None and call.id not in taken and not session.hanging_up.is_set()
            if free and call.account == account and _digits(party) == wanted:
                return session
        return None

    async def _call_moderator(self, row: ConferenceRow, moderator: Invited, reused: Session | None) -> Session:
        assert self.door
        join = JoinConference(conference=row.id, tag=moderator.join_tag)
        if reused:
            try:
                await reused.queue.append(with_ids((*moderator.before, join)))
            except QueueClosed:
                raise EngineUnavailable("The moderator's call ended just now. Try again.") from None
            return reused
        return await self.door.place(
            PlaceCall(
                account=row.account,
                callee=moderator.callee,
                caller=moderator.caller,
                tag=moderator.tag,
                tasks=(*moderator.before, join),
                id=moderator.call,
            )
        )

    # engine.conferences.conference.Inviter

    def find_call(self, call: str) -> Session | None:
        """A live call."""
        return self._registry.get(call)

    async def invite(self, conference: Conference, invited: Invited) -> None:
        """Call one attendee, unless that was done before; a refusal is logged and the others are called."""
        assert self.door
        known = await self._services.database.read(lambda conn: calls.get(conn, invited.call))
        if known is not None:
            return
        join = JoinConference(conference=conference.id, tag=invited.join_tag)
        try:
            await self.door.place(
                PlaceCall(
                    account=conference.account,
                    callee=invited.callee,
                    caller=invited.caller,
                    tag=invited.tag,
                    tasks=(*invited.before, join),
                    id=invited.call,
                )
            )
        except CommandRefused as error:
            log.warning("An attendee could not be called.", conference=conference.id, error=str(error))

    # Views and ends

    def view(self, account: str, conference: str) -> ConferenceView:
        """See engine.commands.QueryConference."""
        room = self.need(account, conference)
        moderator = room.moderator
        return ConferenceView(
            id=room.id,
            moderator=_member(moderator) if moderator else None,
            participants=tuple(_member(one) for one in room.members.values() if one is not moderator),
        )

    def __len__(self) -> int:
        return len(self._live)

    # Its life

    async def read(self) -> list[Left]:
        """Find the conferences that a controller which is gone left live; may be done again when it fails."""
        application = self._services.settings.ari_application
        read = self._services.database.read
        return [
            (
                row,
                await read(functools.partial(tasks.open_of, owner=row.id)),
                await read(functools.partial(conferences.participants, conference=row.id)),
            )
            for row in await read(lambda conn: conferences.live(conn, application))
        ]

    def restore(self, left: Sequence[Left]) -> None:
        """Make the conferences that were left, around sessions that are restored; `run_all` lets them live on."""
        for row, rows, people in left:
            session = self._registry.get(row.moderator or "")
            conference = Conference(self._services, row, decode(row.policy), session, self, rows)
            sessions = (self._registry.get(one.call) for one in people if one.left is None)
            conference.restored(session for session in sessions if session)
            self._live[row.id] = conference

    def run_all(self) -> None:
        """Let restored conferences live on."""
        for conference in list(self._live.values()):
            self._run(conference)

    def cancel(self) -> None:
        """Leave every conference as it is."""
        for task in self._tasks:
            task.cancel()

    async def stop(self) -> None:
        """Wait until every conference is left."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=10)

    def _run(self, conference: Conference) -> None:
        self._live[conference.id] = conference
        task = asyncio.create_task(conference.run(), name=f"conference {conference.id}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._over(conference, done))

    def _over(self, conference: Conference, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._live.pop(conference.id, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("A conference failed.", conference=conference.id, exc_info=error)


def _member(session: Session) -> ConferenceMember:
    call = session.call
    number = call.callee if call.direction is Direction.OUTBOUND else call.caller
    return ConferenceMember(call=call.id, number=number, tag=call.tag)
