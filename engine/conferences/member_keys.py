"""What a participant's keys do in a conference that an admin leads."""

import contextlib
from typing import Protocol

import structlog

from engine.ari.errors import AriError
from engine.commands import CommandRefused
from engine.conferences.led_by_admin import Hosting
from engine.conferences.member import Member
from engine.store.errors import StoreError
from engine.tasks.barging_in import play_until_pressed
from engine.tasks.interfaces import Subject
from engine.tasks.next_digit import Keys
from engine.tasks.playing import Series
from engine.tasks.results import TaskFailed
from engine.tasks.say import Say

log = structlog.get_logger(__name__)
SECOND_KEY_SECONDS = 3.0
"""How long the key behind the prefix is waited for."""
_NAMES = {"*": "star", "#": "pound"}


class Steered(Protocol):
    """What keys steer (engine.conferences.conference.Conference)."""

    members: dict[str, Member]
    admins: set[str]

    async def mute_all(self, *, muted: bool, by: str = "") -> None:
        """Mute all but the admins, those who come later too; or unmute them."""

    def end(self, reason: str) -> None:
        """End it, and hang up everybody in it."""


class MemberKeys:
    """One participant's keys: the prefix, then 1 mute oneself, 2 who is there; an admin's 3 lock, 4 mute all, 9 end.

    The prefix twice is help. What is said in reply only this participant hears.
    """

    def __init__(self, conference: Steered, hosting: Hosting, member: Member, on: Subject) -> None:
        self._conference, self._hosting, self._member, self._on = conference, hosting, member, on
        self._series = Series(on)

    async def serve(self) -> None:
        """Do what keys ask for, until cancelled."""
        with self._on.keypad.taking(secret=True) as digits:
            keys = Keys(digits)
            while True:
                prefix = self._hosting.rules.prefix
                first = await keys.next(None)
                if first is None or first.digit != prefix:
                    continue
                second = await keys.next(SECOND_KEY_SECONDS)
                await self._say(await self._done(second.digit if second else prefix), keys)

    @property
    def _leads(self) -> bool:
        return self._member.call in self._conference.admins

    async def _done(self, key: str) -> Say | None:
        hosting = self._hosting
        match key:
            case "1":
                return await self._mute()
            case "2":
                return self._roll_call()
            case "3" | "4" | "9" if not self._leads:
                return hosting.speech("host_only")
            case "3" | "4":
                return await self._led(key)
            case "9":
                self._conference.end("ended_by_admin")
                return None
            case _ if key == hosting.rules.prefix:
                return self._help()
            case _:
                return None

    async def _led(self, key: str) -> Say:
        """Lock or mute all, or undo it; it is said once it is stored."""
        hosting, call = self._hosting, self._member.call
        try:
            if key == "3":
                await hosting.lock(locked=not hosting.rules.locked, by=call)
                return hosting.speech("lock" if hosting.rules.locked else "unlock")
            await self._conference.mute_all(muted=not hosting.rules.muted, by=call)
        except StoreError as error:
            log.warning("What an admin pressed could not be stored.", call=call, error=str(error))
            return hosting.speech("not_done")
        return hosting.speech("mute_all" if hosting.rules.muted else "unmute_all")

    async def _mute(self) -> Say:
        hosting, member = self._hosting, self._member
        if member.stay.muted and hosting.mutes(member.call):
            return hosting.speech("muted_by_host")
        muted = not member.stay.muted
        with contextlib.suppress(CommandRefused):
            await member.mute(muted=muted)
        return hosting.speech("muted" if muted else "unmuted")

    def _roll_call(self) -> Say:
        hosting, members = self._hosting, self._conference.members
        if len(members) == 1:
            return hosting.speech("alone")
        there = sorted(members.values(), key=lambda one: one.stay.joined)
        counted = hosting.speech("count", count=len(there))
        names = ". ".join(hosting.name_of(one.call) for one in there if one is not self._member)
        return Say(text=f"{counted.text} {names}."[:600], locale=counted.locale)

    def _help(self) -> Say:
        hosting, prefix = self._hosting, self._hosting.rules.prefix
        key = hosting.speech(_NAMES[prefix]).text if prefix in _NAMES else prefix
        return hosting.speech("help", *(("help_host",) if self._leads else ()), key=key)

    async def _say(self, words: Say | None, keys: Keys) -> None:
        """Speak until the next key is pressed."""
        if words is None:
            return
        try:
            await play_until_pressed((words,), self._series, keys, f"reply to {self._member.call}")
        except (TaskFailed, AriError) as error:
            log.warning("A reply to a key could not be spoken.", call=self._member.call, error=str(error))
