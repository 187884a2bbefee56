"""How a conference goes that an admin leads: who gets in and who waits, what is announced, when it ends."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, NoReturn

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.ari.requests import undone
from engine.calls.session import Session, cancelled
from engine.commands import CommandRefused
from engine.conferences.lifecycle import Gathering, Led
from engine.conferences.member import Member
from engine.conferences.phrases import said, text
from engine.events import ConferenceLocked, ConferenceMuted
from engine.model.conference_rules import Announcing, ConferenceRules
from engine.store.errors import StoreError
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference
from engine.tasks.playing import Series
from engine.tasks.results import Dismissed, TaskFailed
from engine.tasks.say import Say

log = structlog.get_logger(__name__)
MOST_WAITING_SECONDS = 3600.0
"""How long a participant waits for an admin before its call ends."""
TONES = {"joined": "tone:!1100/300", "left": "tone:!550/300"}
TONE_SECONDS = 0.3


class Hosting(Gathering):
    """Begins with its admin and ends with it, as its rules say; else it goes like one without an admin."""

    def __init__(self, conference: Led, rules: ConferenceRules) -> None:
        super().__init__(conference)
        self.rules = rules
        self.led = False  # an admin has been in it
        self._open = asyncio.Event()  # somebody who need not wait is in it
        self._changing = asyncio.Lock()  # one change of the rules at a time
        self._spoken: dict[str, str] = {}  # those who got in, and how each is announced

    async def watch(self) -> None:
        """Wait for those who were in it before a restart, then for the end of its time."""
        await super().watch()
        if (closes := self.rules.closes) is not None:
            await asyncio.sleep(max(0.0, closes - self._conference.clock()))
            self._conference.end("closed")

    async def before_entering(
        self, session: Session, task: JoinConference, on: Subject, ends: "set[asyncio.Task[Any]]"
    ) -> None:
        """Let a call in, let it wait for an admin, or refuse it and end it."""
        conference, call = self._conference, session.call.id
        back = call in conference.were_in
        if task.admin:
            conference.admins.add(call)
        if not back and not task.admin:
            if refusal := self._refusal():
                await self._refuse(session, on, refusal)
            if self.rules.waits_for_admin and not self._open.is_set():
                await self._wait(session, on, ends)
                if refusal := self._refusal():  # the host may have locked it meanwhile
                    await self._refuse(session, on, refusal)
        self._spoken[call] = task.spoken

    def mutes(self, call: str) -> bool:
        """Whether a call that enters now is muted."""
        return self.rules.muted and call not in self._conference.admins

    def entered(self, session: Session, *, join_moderator: bool) -> None:
        """A call is in it now."""
        self._open.set()
        self.led = self.led or session.call.id in self._conference.admins
        if len(self._conference.members) > 1:
            self._announce(session.call.id, "joined")

    def left(self, session: Session | None = None) -> None:
        """A call took part, and does not any more."""
        conference = self._conference
        leaders = conference.admins & (conference.members.keys() | conference.were_in.keys())
        if self.led and self.rules.ends_with_admin and not leaders:
            conference.end("admin_left")
        super().left()
        if session and session.call.id in self._spoken:
            if conference.members and not conference.closing.is_set():
                self._announce(session.call.id, "left")
            del self._spoken[session.call.id]

    async def lock(self, *, locked: bool, by: str = "") -> None:
        """Let only admins in from now on, or all; stored before this returns. `by`: the call whose party asked for it.

        Without effect where it is so already. Raises StoreError. A cancellation does not take it back.
        """
        await self._whole(self._lock(locked, by), "lock")

    async def _lock(self, locked: bool, by: str) -> None:
        async with self._changing:
            if self.rules.locked == locked:
                return
            rules = msgspec.structs.replace(self.rules, locked=locked)
            event = ConferenceLocked(**self._conference.common(), locked=locked, call=by)  # type: ignore[arg-type]
            await self._conference.keep_rules(rules, event)
            self.rules = rules

    async def mute_all(self, *, muted: bool, by: str = "") -> None:
        """Mute all but the admins, those who come later too, or unmute them. Stored before this returns, in one
        transaction: after a crash all are as this says, or as before. Otherwise as `lock`.
        """
        await self._whole(self._mute_all(muted, by), "mute all")

    async def _whole(self, change: Coroutine[Any, Any, None], name: str) -> None:
        """Let a change come to its end, also where whoever waits for it is cancelled: what is stored is so then."""
        failed: list[StoreError] = []

        async def run() -> None:
            try:
                await change
            except StoreError as error:
                failed.append(error)

        await asyncio.wait((self._conference.own(run(), name),))
        for error in failed:
            raise error

    async def _mute_all(self, muted: bool, by: str) -> None:
        async with self._changing, contextlib.AsyncExitStack() as held:
            others = self._others()
            for member in others:
                await held.enter_async_context(member.changing)
            turned = [member.turning(muted=muted) for member in others if member.stay.muted != muted]
            rules = msgspec.structs.replace(self.rules, muted=muted)
            event = ConferenceMuted(**self._conference.common(), muted=muted, call=by)  # type: ignore[arg-type]
            happened = () if rules == self.rules else (event,)

            def turn(conn: Connection) -> None:
                for store in turned:
                    store(conn)

            if happened or turned:
                await self._conference.keep_rules(rules, *happened, also=turn)
            self.rules = rules
            late = [member for member in self._others() if member not in others]
            for member in others:
                with contextlib.suppress(CommandRefused):
                    await member.obey(muted=muted)
        for member in late:  # they came while it was being stored
            with contextlib.suppress(CommandRefused):
                await member.mute(muted=muted)

    def _others(self) -> list[Member]:
        """Those in it who do not lead it."""
        there = self._conference.members
        return [there[call] for call in sorted(there.keys() - self._conference.admins)]

    def name_of(self, call: str) -> str:
        """How a participant is announced."""
        return self._spoken.get(call) or text(self.rules.language, "somebody")

    def _refusal(self) -> str:
        if self.rules.locked:
            return "locked"
        there = {one.call.id for one in self._conference.people()} & self._spoken.keys()
        return "full" if self.rules.most and len(there) >= self.rules.most else ""

    async def _refuse(self, session: Session, on: Subject, why: str, *, reason: str = "") -> NoReturn:
        with contextlib.suppress(TaskFailed, AriError):
            await Series(on).play((said(self.rules.language, why),))
        session.hang_up_behind()
        raise Dismissed(reason or f"conference_{why}", text(self.rules.language, why))

    async def _wait(self, session: Session, on: Subject, ends: "set[asyncio.Task[Any]]") -> None:
        opened = asyncio.create_task(self._open.wait(), name=f"admin of {self._conference.id}")
        music = asyncio.create_task(self._music(session, on), name=f"waiting music of {session.call.id}")
        try:
            with on.keypad.taking(secret=True):  # keys that are pressed now do nothing, and are shown to nobody
                done, _ = await asyncio.wait(
                    {opened, *ends}, timeout=MOST_WAITING_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            opened.cancel()
            await cancelled([music])
        if not done:
            await self._refuse(session, on, "missing", reason="admin_missing")

    async def _music(self, session: Session, on: Subject) -> None:
        with contextlib.suppress(TaskFailed, AriError):
            await Series(on).play((said(self.rules.language, "waits"),))
        if not self.rules.music:
            await asyncio.Event().wait()
        async with session.media.sounding():
            call = session.call.id
            await undone(session.channel.start_moh(self.rules.music), "Music could not be played.", call=call)
            try:
                await asyncio.Event().wait()
            finally:
                await undone(session.channel.stop_moh(), "Music could not be stopped.", call=call)

    def _announce(self, call: str, what: str) -> None:
        match self.rules.announces:
            case Announcing.TONE:
                self._conference.own(self._conference.sound(TONES[what], TONE_SECONDS), "announcement")
            case Announcing.NAME:
                words = said(self.rules.language, what, name=self.name_of(call))
                self._conference.own(self._conference.say(words), "announcement")
            case Announcing.NOTHING:
                pass

    def speech(self, *phrases: str, **values: object) -> Say:
        """Return phrases in the conference's language."""
        return said(self.rules.language, *phrases, **values)
