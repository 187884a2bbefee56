"""The live conferences of this controller: started, found, restored."""

import asyncio
import contextlib
import functools
from collections.abc import Sequence

import msgspec
import structlog

from engine.ari.errors import Detached
from engine.calls.outbound import OutboundCalls, with_ids
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.commands import (
    CommandRefused,
    ConferenceView,
    EngineUnavailable,
    HangUpConference,
    HoldMember,
    KickMember,
    LockConference,
    MuteAll,
    MuteMember,
    NoSuchCall,
    NoSuchConference,
    PlaceCall,
    StartConference,
)
from engine.conferences.conference import Conference
from engine.conferences.leftovers import remove_bridges
from engine.conferences.lifecycle import Led
from engine.conferences.member import Member, view_of
from engine.conferences.names import Names
from engine.conferences.policy import ConferencePolicy, Invited, decode, encode
from engine.ids import new_id
from engine.model.conference_rules import ConferenceRules
from engine.model.leg_options import LegOptions
from engine.queues.queue import QueueClosed
from engine.store import calls, conferences, tasks
from engine.store.conferences import ConferenceRow, ParticipantRow
from engine.store.tasks import TaskRow
from engine.tasks.join_conference import JoinConference

log = structlog.get_logger(__name__)
STORE_SECONDS = 2.0  # that the end of a conference waits for its commit
RecoveredConference = tuple[ConferenceRow, list[TaskRow], list[ParticipantRow]]


def _digits(number: str) -> str:
    return "".join(one for one in number if one.isdigit())


class Conferences:
    """Owns every conference's task; finds one by its id (engine.calls.conference_directory.ConferenceDirectory)."""

    def __init__(self, services: CallServices, registry: Registry) -> None:
        self._services, self._registry = services, registry
        self.outbound: OutboundCalls | None = None  # set by the engine: its sessions need these conferences
        self._live: dict[str, Conference] = {}
        self._names = Names(services, self._begin_named)
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, account: str, conference: str) -> Conference | None:
        """A live conference of the account's, or None."""
        found = self._live.get(conference)
        return found if found and found.account == account and not found.closing.is_set() else None

    async def named(self, account: str, name: str, task: str, rules: ConferenceRules | None = None) -> Conference:
        """The account's conference of this name, made with `rules` where there is none, for the task that joins it."""
        return await self._names.of(account, name, task, rules)

    def need(self, account: str, conference: str, name: str = "") -> Conference:
        """A live conference of this account, by its id or its name; raises NoSuchConference."""
        if found := self._names.find(account, name) if name else self.find(account, conference):
            return found
        raise NoSuchConference("There is no such conference, or it has ended.")

    def press(self, account: str, conference: str, digit: str, call: str) -> None:
        """A participant pressed a digit."""
        if live := self.find(account, conference):
            live.press(digit, call)

    async def start(self, command: StartConference) -> str:
        """Carry out a StartConference; returns the conference's id."""
        conference_id = command.id or new_id("conf")
        for invite in (command.moderator, *command.attendees):
            self._services.admission.check(command.account, invite.callee, invite.caller)
        reused = self._leg_of(command.account, command.moderator.callee)
        moderator = Invited.of(command.moderator)
        if reused:
            moderator = msgspec.structs.replace(moderator, call=reused.call.id)
        policy = ConferencePolicy(
            moderator=moderator,
            attendees=tuple(Invited.of(invite) for invite in command.attendees),
            wait_for_participant=command.wait_for_participant,
            waiting_prompt=command.waiting_prompt,
        )
        row = ConferenceRow(
            id=conference_id,
            account=command.account,
            data=command.data,
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
            party = call.far_number
            free = session.conference is None and call.id not in taken and not session.hanging_up
            if free and call.account == account and _digits(party) == wanted:
                return session
        return None

    async def _call_moderator(self, row: ConferenceRow, moderator: Invited, reused: Session | None) -> Session:
        join = JoinConference(conference=row.id, data=moderator.join_data)
        if reused:
            try:
                await reused.queue.append(with_ids((*moderator.before, join)))
            except QueueClosed:
                raise EngineUnavailable("The moderator's call ended just now. Try again.") from None
            return reused
        return await self._place(row.account, moderator, join)

    async def _place(self, account: str, invited: Invited, join: JoinConference) -> Session:
        assert self.outbound
        return await self.outbound.place(
            PlaceCall(
                account=account,
                callee=invited.callee,
                options=LegOptions(caller=invited.caller),
                data=invited.data,
                tasks=(*invited.before, join),
                id=invited.call,
            )
        )

    # engine.conferences.conference.Inviter

    def find_call(self, call: str) -> Session | None:
        """A live call."""
        return self._registry.get(call)

    async def invite(self, conference: Led, invited: Invited) -> None:
        """Call one attendee, unless that was done before; a refusal is logged and the others are called."""
        known = await self._services.database.read(lambda conn: calls.get(conn, invited.call))
        if known is not None:
            return
        join = JoinConference(conference=conference.id, data=invited.join_data)
        try:
            await self._place(conference.account, invited, join)
        except CommandRefused as error:
            log.warning("An attendee could not be called.", conference=conference.id, error=str(error))

    def _begin_named(self, row: ConferenceRow) -> Conference:
        if self._services.leaving():
            raise Detached(f"begin conference {row.id}", "this controller is leaving")
        conference = self._live.get(row.id) or Conference(self._services, row, decode(row.policy), None, self)
        if row.id not in self._live:
            self._run(conference)
        return conference

    # Views, and what is done to participants

    def view(self, account: str, conference: str = "", name: str = "") -> ConferenceView:
        """Who is in a conference, by its id or its name; raises NoSuchConference."""
        live = self.need(account, conference, name)
        moderator = live.moderator
        hers = live.members.get(moderator.call.id) if moderator else None
        others = sorted((one for one in live.members.values() if one is not hers), key=lambda one: one.stay.joined)
        rules = live.hosting.rules if live.hosting else None
        return ConferenceView(
            id=live.id,
            moderator=view_of(moderator, hers.stay if hers else None) if moderator else None,
            participants=tuple(one.view() for one in others),
            name=live.name,
            locked=rules.locked if rules else None,
            muted=rules.muted if rules else None,
        )

    async def hang_up(self, command: HangUpConference) -> None:
        """End a conference and hang up its participants; raises NoSuchConference.

        That it ends is committed before anybody is hung up: a controller that comes meanwhile hangs up the rest. A
        store that is out is not waited for, or everybody would go on paying.
        """
        live = self.need(command.account, command.conference, command.name)
        intended = self._services.writer.write(lambda conn: conferences.update(conn, live.id, reason="requested"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(intended, STORE_SECONDS)
        live.end("requested")

    async def mute(self, command: MuteMember) -> None:
        """Mute or unmute a participant; raises as MuteMember says."""
        await self._member(command).mute(muted=command.muted)

    async def hold(self, command: HoldMember) -> None:
        """Hold a participant or take it back; raises as HoldMember says."""
        await self._member(command).hold(held=command.held, music=command.music)

    async def kick(self, command: KickMember) -> None:
        """Hang up a participant's call; raises NoSuchConference, NoSuchCall."""
        await self._member(command).session.hang_up()

    async def lock(self, command: LockConference) -> None:
        """Let no more participants in, or let them in again, once it is stored; raises NoSuchConference, StoreError."""
        if hosting := self.need(command.account, command.conference, command.name).hosting:
            await hosting.lock(locked=command.locked)
            return
        raise NoSuchConference("This conference has no admin; it cannot be locked.")

    async def mute_all(self, command: MuteAll) -> None:
        """Mute all but the admins, or unmute them, once it is stored; raises NoSuchConference, StoreError."""
        await self.need(command.account, command.conference, command.name).mute_all(muted=command.muted)

    def _member(self, command: MuteMember | HoldMember | KickMember) -> Member:
        live = self.need(command.account, command.conference, command.name)
        if member := live.members.get(command.call):
            return member
        raise NoSuchCall("There is no such call in the conference.")

    def __len__(self) -> int:
        return len(self._live)

    # Its life

    async def read(self) -> list[RecoveredConference]:
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

    def restore(self, recovered: Sequence[RecoveredConference]) -> None:
        """Make the conferences that were left, around sessions that are restored; `run_all` lets them live on."""
        for row, rows, people in recovered:
            session = self._registry.get(row.moderator or "")
            conference = Conference(self._services, row, decode(row.policy), session, self, rows, restored=True)
            there = [(self._registry.get(one.call), one) for one in people if one.left is None]
            conference.admins |= {one.call for one in people if one.admin}
            conference.restored((session, one) for session, one in there if session)
            self._live[row.id] = conference
            if row.name:
                self._names.restored(conference, [one.task for one in people if one.left is None])
            if row.reason:
                conference.end(row.reason)
                for one in conference.to_hang_up():  # before its queue begins anything
                    one.hang_up_behind()

    def run_all(self) -> None:
        """Let restored conferences live on."""
        for conference in list(self._live.values()):
            self._run(conference)

    def sweep(self) -> None:
        """Begin to remove the bridges that conferences which are over left in Asterisk."""
        removing = remove_bridges(self._services, self._registry, self._live)
        task = asyncio.create_task(removing, name="remove bridges of conferences")
        self._tasks.add(task)
        task.add_done_callback(self._swept)

    def _swept(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("Bridges of conferences that are over may be left.", error=str(error))

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
        task.add_done_callback(lambda done: self._on_done(conference, done))

    def _on_done(self, conference: Conference, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._live.pop(conference.id, None)
        self._names.forget(conference)
        if not task.cancelled() and (error := task.exception()):
            log.error("A conference failed.", conference=conference.id, exc_info=error)
