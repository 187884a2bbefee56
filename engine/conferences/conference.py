"""One live conference: a bridge, the people in it, and a task queue of its own."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.calls.account_prompts import Preparing
from engine.calls.keypad import DigitRouter, PressedDigit
from engine.calls.services import CallServices
from engine.calls.session import Session, cancelled
from engine.commands import CommandRefused
from engine.conferences.collecting import collect
from engine.conferences.led_by_admin import Hosting
from engine.conferences.lifecycle import Change, Gathering, Inviter, Lifecycle, Moderation
from engine.conferences.lone_music import LoneMusic
from engine.conferences.member import Exit, Member
from engine.conferences.member_keys import MemberKeys
from engine.conferences.policy import ConferencePolicy, encode
from engine.conferences.task_interface import ConferenceRoles
from engine.events import ConferenceEnded, ConferenceStarted, Event, ParticipantJoined, ParticipantLeft
from engine.media.errors import PromptError
from engine.model.cause import HangupCause
from engine.model.conference_rules import ConferenceRules
from engine.queues.entry import StopReason
from engine.queues.journal import Common, Journal
from engine.queues.queue import Queue
from engine.store import conferences, events
from engine.store.conferences import ConferenceRow, ParticipantRow
from engine.store.tasks import TaskRow
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import ConferenceDigits, JoinConference
from engine.tasks.results import TaskFailed
from engine.tasks.say import Say
from engine.tasks.task import Requires

log = structlog.get_logger(__name__)
SILENCE = "silence"  # a class of music on hold
HANG_UP_SECONDS = 5.0  # what a participant's call gets to end with its conference


class Conference:
    """A live conference; its bridge has its id. Whoever made it runs `run`."""

    def __init__(
        self, services: CallServices, row: ConferenceRow, policy: ConferencePolicy, moderator: Session | None,
        inviter: Inviter, rows: Iterable[TaskRow] = (), *, restored: bool = False,
    ) -> None:  # fmt: skip
        self.services, self.id, self.account, self.data, self.policy = services, row.id, row.account, row.data, policy
        self.name: str = row.name or ""
        self.moderator, self.started_at = moderator, row.started
        self.journal = Journal(services.writer, services.clock, account=row.account, subject=row.id, root=row.id)
        self.bridge = Bridge(services.client, services.bus, row.id)
        self.members: dict[str, Member] = {}
        self.were_in: dict[str, Session] = {}  # under a controller that is gone; until they are in again
        self.digits = DigitRouter()
        self.prepare = Preparing(services.prompts, services.database, services.admission.allow_private, row.account)
        self.closing, self.ended = asyncio.Event(), asyncio.Event()
        self.reason = ""
        self.admins: set[str] = set()
        self.hosting = Hosting(self, policy.rules) if self.name and policy.rules else None
        gathering = self.hosting or Gathering(self)
        self.lifecycle: Lifecycle = gathering if self.name else Moderation(self, moderator, inviter)
        self._stays: dict[str, ParticipantRow] = {}  # what is known of those who were in, by task
        self._to_hang_up: list[Session] = []
        self._exits: dict[str, Exit] = {}  # of all who take part, those about to enter too
        self._open = asyncio.Event()  # the bridge is there
        self._making = asyncio.Lock()
        self._music = LoneMusic(self.bridge, self._lone_music, fresh=not (restored and self.name))
        self._side: set[asyncio.Task[None]] = set()
        self.roles = ConferenceRoles(self)
        self.queue = Queue(self, self.journal, rows)

    # Its life

    async def run(self) -> None:
        """From now to ConferenceEnded; a cancellation leaves it as it is, for the next controller."""
        self.own(self.queue.run(), "queue")
        self.own(self.lifecycle.watch(), "lifecycle")
        try:
            await self.closing.wait()
        except asyncio.CancelledError:
            await cancelled(list(self._side))
            raise
        await self.queue.close(StopReason.CONFERENCE_ENDED)
        await cancelled(list(self._side))
        for session in self.to_hang_up():
            await session.hang_up(HangupCause.NORMAL)
        async with self._making:  # a bridge that is being made is destroyed too
            with contextlib.suppress(AriError):
                await self.bridge.destroy()
        await self._close()
        self.ended.set()

    def own(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Let something go on beside the conference; it ends with it."""
        task = asyncio.create_task(work, name=f"{name} of {self.id}")
        self._side.add(task)
        task.add_done_callback(self._side.discard)
        task.add_done_callback(self._notice)
        return task

    def _notice(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("A part of a conference failed; the conference ends.", conference=self.id, exc_info=error)
            self.end("error")

    def restored(self, people: Iterable[tuple[Session, ParticipantRow]]) -> None:
        """These were in it under a controller that is gone: they come back by themselves, or are hung up at its end."""
        for session, stay in people:
            self.were_in[session.call.id] = session
            self._stays[stay.task] = stay
        if self.hosting:
            self.hosting.led = bool(self.admins)

    # What an admin decides

    def clock(self) -> float:
        """Unix seconds."""
        return self.services.clock()

    async def keep_rules(self, rules: ConferenceRules, *happened: Event, also: Change | None = None) -> None:
        """Store changed rules with it, with the events of the change and what else changes; raises StoreError."""
        policy = msgspec.structs.replace(self.policy, rules=rules)

        def unit(conn: Connection) -> None:
            conferences.update(conn, self.id, policy=encode(policy))
            for event in happened:
                events.append(conn, event)
            if also:
                also(conn)

        await self.services.writer.write(unit)
        self.policy = policy

    def common(self) -> Common:
        """What its events have in common."""
        return self.journal.common(self.data)

    async def mute_all(self, *, muted: bool, by: str = "") -> None:
        """Mute all but the admins, those who come later too; or unmute them. `by`: the call whose party asked for it.

        Raises StoreError.
        """
        if self.hosting:
            await self.hosting.mute_all(muted=muted, by=by)
            return
        for member in list(self.members.values()):
            with contextlib.suppress(CommandRefused):
                await member.mute(muted=muted)

    async def say(self, words: Say) -> None:
        """Speak to everybody in it; what cannot be spoken is logged."""
        try:
            prompt = await words.prepared(self.prepare)
        except PromptError as error:
            log.warning("An announcement could not be spoken.", conference=self.id, error=str(error))
            return
        await self.roles.player.announce(prompt.media, None)

    async def sound(self, media: str, seconds: float) -> None:
        """Let everybody in it hear something of Asterisk's for so long."""
        await self.roles.player.announce(media, seconds)

    def end(self, reason: str) -> None:
        """End it, and hang up everybody in it. Its name, if it has one, is free from now on."""
        if self.closing.is_set():
            return
        self.reason, self._to_hang_up = reason, self.people()
        self.closing.set()
        if not self.services.leaving():
            self.services.writer.post(lambda conn: conferences.update(conn, self.id, reason=reason))

    def note_started(self) -> None:
        """Note that it begins now."""
        at = self.started_at = self.services.clock()
        event = ConferenceStarted(**self.journal.common(self.data))  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.update(conn, self.id, started=at)
            events.append(conn, event)

        self.services.writer.post(unit)

    def to_hang_up(self) -> list[Session]:
        """Everybody whose call ends with it."""
        sessions = [*self._to_hang_up, *self.lifecycle.to_hang_up()]
        return [one for one in {one.call.id: one for one in sessions}.values() if not one.gone]

    async def _close(self) -> None:
        at, reason = self.services.clock(), self.reason
        event = ConferenceEnded(**self.journal.common(self.data), reason=reason)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.update(conn, self.id, ended=at, reason=reason)
            events.append(conn, event)

        await self.services.writer.write(unit)

    # Who is in it

    def people(self) -> list[Session]:
        """Those in it, those about to enter, and those who are still to come back after a restart."""
        there = {call: one.session for call, one in self._exits.items() if not one.under_way}
        back = {call: session for call, session in self.were_in.items() if not session.gone}
        return list((there | back).values())

    async def take_part(self, session: Session, task: JoinConference, on: Subject) -> None:
        """Be in it until it ends, the call leaves or ends; raises TaskFailed."""
        call, exit_ = session.call.id, Exit(session)
        if call in self._exits or session.conference:
            raise TaskFailed("in_a_conference", "The call is already in a conference; it must leave that one first.")
        self._exits[call] = exit_
        stop = asyncio.create_task(on.stop_requested.wait(), name=f"leave {call}")
        out = asyncio.create_task(exit_.wanted.wait(), name=f"taken out {call}")
        closing = asyncio.create_task(self.closing.wait(), name=f"end seen by {call}")
        ends: set[asyncio.Task[Any]] = {stop, out, closing}
        side: list[asyncio.Task[None]] = []
        try:
            await self.lifecycle.before_entering(session, task, on, ends)
            exit_.waiting = False
            if not (on.stop_requested.is_set() or exit_.wanted.is_set() or self.closing.is_set()):
                member = await self._enter(session, task, on)
                if self.hosting:
                    keys = MemberKeys(self, self.hosting, member, on)
                    side.append(asyncio.create_task(keys.serve(), name=f"keys of {call}"))
                elif self.name and task.digits is ConferenceDigits.DETECT:
                    side.append(asyncio.create_task(collect(member, task), name=f"collect digits of {call}"))
                await asyncio.wait((*ends, *side), return_when=asyncio.FIRST_COMPLETED)
                for failed in (one for one in side if one.done()):
                    failed.result()
                if self.closing.is_set():  # it is in until its call ends: a crash then forgets nobody
                    await asyncio.wait((stop,), timeout=HANG_UP_SECONDS)
        finally:
            await cancelled(side)
            for end in ends:
                end.cancel()
            exit_.under_way = True
            try:
                await self._exit(session, on)
            finally:
                del self._exits[call]
                exit_.done.set()

    def leave(self, session: Session) -> None:
        """Take the call out now; without effect for the moderator."""
        if not self.lifecycle.stays(session) and (known := self._exits.get(session.call.id)):
            known.wanted.set()

    async def departed(self, session: Session) -> bool:
        """Wait until a call that is leaving is out; False at once for one that is not."""
        known = self._exits.get(session.call.id)
        if known is None or not (known.wanted.is_set() or known.under_way):
            return False
        await known.done.wait()
        return True

    def press(self, digit: str, call: str) -> None:
        """A participant pressed a digit."""
        self.digits.press(PressedDigit(digit, call))

    async def _enter(self, session: Session, task: JoinConference, on: Subject) -> Member:
        await self._make()
        call, known = session.call.id, self._stays.pop(on.task_id, None)
        stay = known or ParticipantRow(
            conference=self.id, call=call, task=on.task_id, joined=self.services.clock(),
            muted=self.lifecycle.mutes(call), admin=task.admin,
        )  # fmt: skip
        member = Member(session, stay, data=on.data, alone=task.music if self.name else None)
        await self._music.update()  # whoever was alone is not any more, and this one must not hear the music
        if stay.muted and not known:
            await member.restore()  # before any other can hear it
        absorb = self.hosting is not None or task.digits is not ConferenceDigits.FORWARD  # a PIN is nobody else's
        async with session.media.speaking, session.media.silence.off():
            await self.bridge.add(session.channel.id, absorb_dtmf=absorb)
            session.enter(self.id)
        self.members[call] = member
        self.were_in.pop(call, None)
        if known:
            await member.restore()
        self._note_joined(member, on)
        if not known:
            await self._as_all(member)
        await on.started()
        self.lifecycle.entered(session, join_moderator=task.join_moderator)
        await self._music.update()
        return member

    async def _as_all(self, member: Member) -> None:
        """Mute or unmute one who came while an admin muted or unmuted all: it had not been told to be so."""
        wanted = self.lifecycle.mutes(member.call)
        if wanted != member.stay.muted:
            with contextlib.suppress(CommandRefused):
                await member.mute(muted=wanted)

    async def _make(self) -> None:
        async with self._making:
            if self.closing.is_set():
                raise TaskFailed("conference_over", "The conference has ended.")
            if not self._open.is_set():
                await self.bridge.create()
                self._open.set()

    async def _exit(self, session: Session, on: Subject) -> None:
        if member := self.members.pop(session.call.id, None):
            try:
                if not session.gone and not self.services.leaving():
                    with contextlib.suppress(AriError):
                        await member.release()
                        await self.bridge.remove(session.channel.id)
            finally:
                session.leave(self.id)
            self._note_left(session, on)
        if not self.services.leaving():
            self.lifecycle.left(session)
            if not self.closing.is_set():
                await self._music.update()

    def _lone_music(self) -> str | None:
        """What plays while somebody is alone, others may wait to enter. Silence must be played too: without any audio
        in the bridge no RTP is sent, and what is whispered to its only participant has nothing to be mixed into, and
        is not heard (tried on Asterisk 22.10.1). Where keys are answered it plays all the time: all others may
        be muted, which is the same as being alone."""
        waiting = [one.session for one in self._exits.values() if one.waiting]
        people = [session for session in self.people() if session not in waiting]
        alone = self.members.get(people[0].call.id) if len(people) == 1 else None
        if alone:
            return alone.alone or SILENCE
        return SILENCE if self.hosting and self.members else None

    def _note_joined(self, member: Member, on: Subject) -> None:
        session, stay, data = member.session, member.stay, on.data
        event = ParticipantJoined(**session.journal.common(data), conference=self.id, task=on.task_id)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            if conferences.joined(conn, self.id, stay.call, stay.task, stay.joined, muted=stay.muted, admin=stay.admin):
                events.append(conn, event)

        self.services.writer.post(unit)

    def _note_left(self, session: Session, on: Subject) -> None:
        if self.services.leaving():
            return
        at, data = self.services.clock(), on.data
        event = ParticipantLeft(**session.journal.common(data), conference=self.id, task=on.task_id)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            conferences.left(conn, self.id, session.call.id, on.task_id, at)
            events.append(conn, event)

        self.services.writer.post(unit)

    # Its queue's owner

    async def ready(self, requires: Requires) -> None:
        """What is queued for a conference waits until somebody is in it."""
        if self.closing.is_set():
            await self.ended.wait()  # what is still queued is discarded
        if requires is not Requires.NOTHING:
            await self._open.wait()

    async def ending(self, seconds: float) -> bool:
        """Whether it is over, or is within `seconds`: then a failure is only the call's end seen from a task."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return False
        return True
