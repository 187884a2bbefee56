"""How a conference goes: around a moderator, or as long as somebody is in it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection

from engine.calls.session import Session, cancelled
from engine.calls.state import Milestone
from engine.conferences.member import Member
from engine.conferences.policy import ConferencePolicy, Invited
from engine.conferences.task_interface import keep_playing
from engine.events import Event
from engine.model.conference_rules import ConferenceRules
from engine.queues.journal import Common
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference
from engine.tasks.say import Say

Change = Callable[[Connection], object]
"""A part of a transaction."""
COMING_SECONDS = 10.0  # what those get who were in it under a controller that is gone, or who made it


class Led(Protocol):
    """What a lifecycle needs of its conference (engine.conferences.conference.Conference)."""

    id: str
    account: str
    policy: ConferencePolicy
    started_at: float | None
    closing: asyncio.Event
    admins: set[str]
    """The calls of those who lead it, also when they have left."""

    @property
    def members(self) -> Mapping[str, Member]:
        """Those who are in it, by the ids of their calls."""

    @property
    def were_in(self) -> dict[str, Session]:
        """Those who were in it under a controller that is gone, until they are in again."""

    def people(self) -> list[Session]:
        """Those in it, those about to enter, and those who are still to come back after a restart."""

    def own(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Let something go on beside the conference; it ends with it."""

    def clock(self) -> float:
        """Unix seconds."""

    async def keep_rules(self, rules: ConferenceRules, *happened: Event, also: Change | None = None) -> None:
        """Store changed rules with it, with the events of the change and what else changes; raises StoreError."""

    def common(self) -> Common:
        """What its events have in common."""

    async def say(self, words: Say) -> None:
        """Speak to everybody in it; what cannot be spoken is logged."""

    async def sound(self, media: str, seconds: float) -> None:
        """Let everybody in it hear something of Asterisk's for so long."""

    def note_started(self) -> None:
        """Note that it begins now."""

    def end(self, reason: str) -> None:
        """End it, and hang up everybody in it."""


class Inviter(Protocol):
    """Calls a conference's attendees."""

    async def invite(self, conference: Led, invited: Invited) -> None:
        """Call one attendee, unless that was done before."""

    def find_call(self, call: str) -> Session | None:
        """A live call."""


class Lifecycle(Protocol):
    """When a conference begins and ends, and who waits before entering it."""

    async def watch(self) -> None:
        """End the conference when it is over; cancelled by the conference."""

    async def before_entering(
        self, session: Session, task: JoinConference, on: Subject, ends: "set[asyncio.Task[Any]]"
    ) -> None:
        """Let a call wait for its turn, no longer than until one of `ends` is done."""

    def mutes(self, call: str) -> bool:
        """Whether a call that enters now is muted."""

    def entered(self, session: Session, *, join_moderator: bool) -> None:
        """A call is in it now."""

    def left(self, session: Session | None = None) -> None:
        """A call took part, and does not any more."""

    def stays(self, session: Session) -> bool:
        """Whether a call may not leave by itself."""

    def to_hang_up(self) -> Iterable[Session]:
        """Whom the conference's end hangs up besides those who are in it."""


class Moderation:
    """Started when the moderator answers; over when her call is, or when everybody has left."""

    def __init__(self, conference: Led, moderator: Session | None, inviter: Inviter) -> None:
        self._conference, self._moderator, self._inviter = conference, moderator, inviter
        self._policy = conference.policy
        self._wanted = asyncio.Event()
        self._joined = self._invited = False

    async def watch(self) -> None:
        """End the conference when it is over; cancelled by the conference."""
        conference, session = self._conference, self._moderator
        if session is None:
            conference.end("moderator_lost")
            return
        gone = asyncio.create_task(session.until(Milestone.GONE), name=f"moderator of {conference.id} gone")
        answered = asyncio.create_task(session.until(Milestone.ANSWERED), name=f"moderator of {conference.id} answered")
        try:
            await asyncio.wait((gone, answered), return_when=asyncio.FIRST_COMPLETED)
            if session.answered and conference.started_at is None:
                conference.note_started()
            await gone
            conference.end("moderator_left" if conference.started_at else "moderator_not_reached")
        finally:
            gone.cancel()
            answered.cancel()

    async def before_entering(
        self, session: Session, task: JoinConference, on: Subject, ends: "set[asyncio.Task[Any]]"
    ) -> None:
        """The moderator is ready, so the others are called; she may wait for the first of them."""
        if not self.stays(session):
            return
        if self._policy.attendees and not self._invited:
            self._invited = True
            self._conference.own(self._invite_all(), "invitations")
        if self._policy.wait_for_participant and not on.was_accepted and not self._others():
            await self._wait(session, ends)

    def mutes(self, call: str) -> bool:
        """Whether a call that enters now is muted."""
        return False

    def entered(self, session: Session, *, join_moderator: bool) -> None:
        """A call is in it now."""
        self._joined = True
        if not self.stays(session) and join_moderator:
            self._wanted.set()

    def left(self, session: Session | None = None) -> None:
        """A call took part, and does not any more."""
        if self._joined and not self._conference.members:
            self._conference.end("empty")

    def stays(self, session: Session) -> bool:
        """The moderator does."""
        return self._moderator is not None and session.call.id == self._moderator.call.id

    def to_hang_up(self) -> Iterable[Session]:
        """Whom the conference's end hangs up besides those who are in it."""
        if self._moderator:
            yield self._moderator
        for invited in self._policy.attendees:
            if session := self._inviter.find_call(invited.call):
                yield session

    async def _wait(self, session: Session, ends: "set[asyncio.Task[Any]]") -> None:
        wanted = asyncio.create_task(self._wanted.wait(), name=f"participant of {self._conference.id}")
        prompt = asyncio.create_task(self._waiting_prompt(session), name=f"waiting prompt of {self._conference.id}")
        try:
            await asyncio.wait({wanted, *ends}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wanted.cancel()
            await cancelled([prompt])

    async def _waiting_prompt(self, session: Session) -> None:
        if self._policy.waiting_prompt:
            await keep_playing(session, self._policy.waiting_prompt)

    async def _invite_all(self) -> None:
        for invited in self._policy.attendees:
            await self._inviter.invite(self._conference, invited)

    def _others(self) -> bool:
        return any(not self.stays(member.session) for member in self._conference.members.values())


class Gathering:
    """No moderator: over when nobody is in it and nobody is about to be."""

    def __init__(self, conference: Led) -> None:
        self._conference = conference

    async def watch(self) -> None:
        """Who was in it before a restart comes back soon, or is gone; who made it comes at once."""
        conference = self._conference
        back: list[asyncio.Task[Any]] = [
            asyncio.create_task(session.until(Milestone.GONE), name=f"{session.call.id} gone before coming back")
            for session in conference.were_in.values()
        ] or [asyncio.create_task(conference.closing.wait(), name=f"end of {conference.id}")]
        try:
            await asyncio.wait(back, timeout=COMING_SECONDS)
        finally:
            for one in back:
                one.cancel()
        conference.were_in.clear()
        self.left()

    async def before_entering(
        self, session: Session, task: JoinConference, on: Subject, ends: "set[asyncio.Task[Any]]"
    ) -> None:
        """Everybody enters at once."""

    def mutes(self, call: str) -> bool:
        """Whether a call that enters now is muted."""
        return False

    def entered(self, session: Session, *, join_moderator: bool) -> None:
        """A call is in it now."""

    def left(self, session: Session | None = None) -> None:
        """A call took part, and does not any more."""
        if not self._conference.people():
            self._conference.end("empty")

    def stays(self, session: Session) -> bool:
        """Whether a call may not leave by itself."""
        return False

    def to_hang_up(self) -> Iterable[Session]:
        """Whom the conference's end hangs up besides those who are in it."""
        return ()
