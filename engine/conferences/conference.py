"""One live conference: a bridge, the people in it, and a task queue of its own."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.cause import HangupCause
from engine.calls.keypad import Digits, PressedDigit
from engine.calls.preparing import Preparing
from engine.calls.services import Services
from engine.calls.session import Session, cancelled
from engine.conferences.policy import Invited, Policy
from engine.conferences.roles import ConferenceRoles, keep_playing
from engine.events import ConferenceEnded, ConferenceStarted, ParticipantJoined, ParticipantLeft
from engine.store import conferences, events
from engine.store.conferences import ConferenceRow
from engine.store.tasks import TaskRow
from engine.tasks.entry import StopReason
from engine.tasks.journal import Journal
from engine.tasks.queue import Queue
from engine.tasks.results import TaskFailed
from engine.tasks.roles import Subject
from engine.tasks.task import Requires

log = structlog.get_logger(__name__)


class Inviter(Protocol):
    """Calls a conference's attendees."""

    async def invite(self, conference: "Conference", invited: Invited) -> None:
        """Call one attendee, unless that was done before."""

    def find_call(self, call: str) -> Session | None:
        """A live call."""


class Conference:
    """A live conference; its bridge has its id. Whoever made it runs `run`."""

    def __init__(
        self, services: Services, row: ConferenceRow, policy: Policy, moderator: Session | None,
        inviter: Inviter, rows: Iterable[TaskRow] = (),
    ) -> None:  # fmt: skip
        self.services, self.id, self.account, self.tag, self.policy = services, row.id, row.account, row.tag, policy
        self.moderator, self._inviter = moderator, inviter
        self.started_at = row.started
        self.journal = Journal(services.writer, services.clock, account=row.account, subject=row.id, root=row.id)
        self.bridge = Bridge(services.client, services.bus, row.id)
        self.members: dict[str, Session] = {}
        self.digits = Digits()
        self.prepare = Preparing(services, row.account)
        self.over, self.ended, self.wanted = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.reason = ""
        self._to_hang_up: list[Session] = []
        self._were_in: dict[str, Session] = {}  # under a controller that is gone; until they are in again
        self._exits: dict[str, asyncio.Event] = {}
        self._open = asyncio.Event()  # the bridge is there
        self._making = asyncio.Lock()
        self._somebody = False
        self._invitations: asyncio.Task[None] | None = None
        self.roles = ConferenceRoles(self)
        self.queue = Queue(self, self.journal, rows)

    # Its life

    async def run(self) -> None:
        """From now to ConferenceEnded; a cancellation leaves it as it is, for the next controller."""
        side = [self._own(self.queue.run(), "queue"), self._own(self._watch_moderator(), "moderator")]
        try:
            await self.over.wait()
        finally:
            if self._invitations:
                side.append(self._invitations)
            if not self.over.is_set():
                await cancelled(side)
        await self.queue.close(StopReason.CONFERENCE_ENDED)
        await cancelled(side)
        await self._hang_up_all()
        async with self._making:  # a bridge that is being made is destroyed too
            with contextlib.suppress(AriError):
                await self.bridge.destroy()
        await self._close()
        self.ended.set()

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=f"{name} of {self.id}")
        task.add_done_callback(self._notice)
        return task

    def _notice(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("A part of a conference failed; the conference ends.", conference=self.id, exc_info=error)
            self.end("error")

    def restored(self, sessions: Iterable[Session]) -> None:
        """These were in it under a controller that is gone: they come back by themselves, or are hung up at its end."""
        self._were_in = {session.call.id: session for session in sessions}

    def end(self, reason: str) -> None:
        """End it, and hang up everybody in it."""
        if not self.over.is_set():
            self.reason, self._to_hang_up = reason, [*self.members.values(), *self._were_in.values()]
            self.over.set()

    async def _watch_moderator(self) -> None:
        """Started when the moderator answers; over when her call is."""
        session = self.moderator
        if session is None:
            self.end("moderator_lost")
            return
        gone = asyncio.create_task(session.gone.wait(), name=f"moderator of {self.id} gone")
        answered = asyncio.create_task(session.answered.wait(), name=f"moderator of {self.id} answered")
        try:
            await asyncio.wait((gone, answered), return_when=asyncio.FIRST_COMPLETED)
            if session.answered.is_set() and self.started_at is None:
                self._note_started()
            await gone
            self.end("moderator_left" if self.started_at else "moderator_not_reached")
        finally:
            gone.cancel()
            answered.cancel()

    def _note_started(self) -> None:
        at = self.started_at = self.services.clock()
        event = ConferenceStarted(**self.journal.common(self.tag))  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.update(conn, self.id, started=at)
            events.append(conn, event)

        self.services.writer.post(unit)

    async def _hang_up_all(self) -> None:
        sessions = {session.call.id: session for session in self._to_hang_up}
        if self.moderator:
            sessions[self.moderator.call.id] = self.moderator
        for invited in self.policy.attendees:
            if session := self._inviter.find_call(invited.call):
                sessions[invited.call] = session
        for session in sessions.values():
            if not session.gone.is_set():
                await session.hang_up(HangupCause.NORMAL)

    async def _close(self) -> None:
        at, reason = self.services.clock(), self.reason
        event = ConferenceEnded(**self.journal.common(self.tag), reason=reason)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.update(conn, self.id, ended=at, reason=reason)
            events.append(conn, event)

        await self.services.writer.write(unit)

    # Who is in it

    async def take_part(self, session: Session, on: Subject, *, join_moderator: bool) -> None:
        """See engine.calls.rooms.Room."""
        call, leaving = session.call.id, asyncio.Event()
        if call in self._exits or session.room:
            raise TaskFailed("in_a_conference", "The call is in a conference already; it must leave that one first.")
        self._exits[call] = leaving
        stop = asyncio.create_task(on.stop_requested.wait(), name=f"leave {call}")
        out = asyncio.create_task(leaving.wait(), name=f"taken out {call}")
        over = asyncio.create_task(self.over.wait(), name=f"end seen by {call}")
        ends = {stop, out, over}
        try:
            if self._is_moderator(session):
                self._invite_attendees()
                if not on.was_accepted:
                    await self._moderator_waits(session, ends)
            if not (on.stop_requested.is_set() or leaving.is_set() or self.over.is_set()):
                await self._enter(session, on, join_moderator=join_moderator)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            self._exits.pop(call, None)
            await self._exit(session, on)

    def leave(self, session: Session) -> None:
        """See engine.calls.rooms.Room."""
        if not self._is_moderator(session) and (leaving := self._exits.get(session.call.id)):
            leaving.set()

    def press(self, digit: str, call: str) -> None:
        """See engine.calls.rooms.Room."""
        self.digits.press(PressedDigit(digit, call))

    def _is_moderator(self, session: Session) -> bool:
        return self.moderator is not None and session.call.id == self.moderator.call.id

    async def _moderator_waits(self, session: Session, ends: set[asyncio.Task[Any]]) -> None:
        """She may have to wait for the first participant."""
        if not self.policy.wait_for_participant or self._others():
            return
        wanted = asyncio.create_task(self.wanted.wait(), name=f"participant of {self.id}")
        waiting = asyncio.create_task(self._waiting_prompt(session), name=f"waiting prompt of {self.id}")
        try:
            await asyncio.wait({wanted, *ends}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wanted.cancel()
            await cancelled([waiting])

    def _invite_attendees(self) -> None:
        """The moderator is ready: whom no earlier controller called is called."""
        if self.policy.attendees and self._invitations is None:
            self._invitations = self._own(self._invite_all(), "invitations")

    async def _waiting_prompt(self, session: Session) -> None:
        if self.policy.waiting_prompt:
            await keep_playing(session, self.policy.waiting_prompt)

    async def _invite_all(self) -> None:
        for invited in self.policy.attendees:
            await self._inviter.invite(self, invited)

    def _others(self) -> bool:
        return any(not self._is_moderator(session) for session in self.members.values())

    async def _enter(self, session: Session, on: Subject, *, join_moderator: bool) -> None:
        await self._make()
        async with session.speaking:
            await self.bridge.add(session.channel.id)
        self.members[session.call.id] = session
        self._were_in.pop(session.call.id, None)
        self._somebody = True
        session.bridge = session.room = self.id
        self._note_joined(session, on)
        await on.started()
        if not self._is_moderator(session) and join_moderator:
            self.wanted.set()

    async def _make(self) -> None:
        async with self._making:
            if self.over.is_set():
                raise TaskFailed("conference_over", "The conference is over.")
            if not self._open.is_set():
                await self.bridge.create()
                self._open.set()

    async def _exit(self, session: Session, on: Subject) -> None:
        if self.members.pop(session.call.id, None) is None:
            return
        session.bridge = session.room = None
        if not session.gone.is_set():
            with contextlib.suppress(AriError):
                await self.bridge.remove(session.channel.id)
        self._note_left(session, on)
        if not self.members and self._somebody:
            self.end("empty")

    def _note_joined(self, session: Session, on: Subject) -> None:
        at, tag = self.services.clock(), on.tag
        event = ParticipantJoined(**session.journal.common(tag), conference=self.id, task=on.task_id)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            if conferences.joined(conn, self.id, session.call.id, on.task_id, at):
                events.append(conn, event)

        self.services.writer.post(unit)

    def _note_left(self, session: Session, on: Subject) -> None:
        if self.services.leaving():
            return
        at, tag = self.services.clock(), on.tag
        event = ParticipantLeft(**session.journal.common(tag), conference=self.id, task=on.task_id)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.left(conn, self.id, session.call.id, on.task_id, at)
            events.append(conn, event)

        self.services.writer.post(unit)

    # Its queue's owner

    async def ready(self, requires: Requires) -> None:
        """See engine.tasks.queue.Owner: what is queued for a conference waits until somebody is in it."""
        if self.over.is_set():
            await self.ended.wait()  # what is still queued is discarded
        if requires is not Requires.NOTHING:
            await self._open.wait()

    async def ending(self, seconds: float) -> bool:
        """See engine.tasks.queue.Owner."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            return False
        return True
