"""The greetings of boxes: spoken by a voice, or recorded, or uploaded."""

from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Connection

from engine.features.voicemail import rules
from engine.features.voicemail.model import Box, Greeting, GreetingKind
from engine.features.voicemail.shared import UPLOAD, Shared, let_go
from engine.features.voicemail.store import boxes, messages
from engine.media import errors
from engine.media.prompts import Prompt
from engine.platform import audit
from engine.platform.audit import Actor

LONGEST_SECONDS = 120.0
MOST_BYTES = 10_000_000
SCHEME = "voicemail"
"""Of the sources of prompts that are greetings and messages: `voicemail:greeting/BOX/KIND`, `voicemail:message/ID`."""


def greeting_source(box: Box, kind: GreetingKind) -> str:
    """Return the source of a recorded greeting, for a Play."""
    return f"{SCHEME}:greeting/{box.id}/{kind.value}"


def message_source(message: str) -> str:
    """Return the source of a message by its id, for a Play."""
    return f"{SCHEME}:message/{message}"


class GreetingMethods(Shared):
    """Greetings. `account` is an account's id, `box` the number or the id of a box; NoSuchBox is raised for none."""

    async def greetings(self, account: str, box: str) -> list[Greeting]:
        """Return the greetings of a box that are not spoken by a voice."""
        return await self._db.read(lambda conn: boxes.greetings(conn, rules.find(conn, account, box).id))

    async def greeting(self, account: str, box: str, kind: GreetingKind) -> Greeting | None:
        """Return a recorded or uploaded greeting; None: there is none of this kind."""
        return await self._db.read(lambda conn: boxes.greeting(conn, rules.find(conn, account, box).id, kind))

    def greeting_path(self, greeting: Greeting) -> Path:
        """Return the path of a greeting's file, as it was recorded or uploaded."""
        return self._platform.prompts.path_of(greeting.file)

    async def set_greeting(
        self, by: Actor, account: str, box: str, kind: GreetingKind, sound: bytes | AsyncIterator[bytes]
    ) -> Greeting:
        """Replace a greeting by a file: WAV, MP3, FLAC or OGG.

        Raises PromptError: TooLarge for more than 10 MB, TooLong for more than 120 s, NotAudio, ….
        """
        await self._db.read(lambda conn: rules.find(conn, account, box))
        got = await self._platform.prompts.receive(_limited(sound))
        now = self._clock()
        if got.seconds > LONGEST_SECONDS:
            await self._platform.prompts.discard(got.file)
            raise errors.TooLong(f"more than {LONGEST_SECONDS:g} seconds")

        def unit(conn: Connection) -> Greeting:
            owner = rules.find(conn, account, box)
            greeting = Greeting(
                account=account,
                box=owner.id,
                kind=kind,
                file=got.file,
                digest=got.digest,
                bytes=got.bytes,
                seconds=got.seconds,
                created=now,
            )
            if before := boxes.put_greeting(conn, greeting):
                let_go(conn, UPLOAD + before.file, now)
            after = {"kind": kind.value, "sha256": got.digest, "seconds": got.seconds}
            what = "voicemail_box.greeting_set"
            audit.record(conn, by, account=account, what=what, subject=owner.number, after=after)
            return greeting

        try:
            greeting = await self._writer.write(unit)
        except Exception:
            await self._platform.prompts.discard(got.file)
            raise
        await self._directory.reload(greeting.box)
        self._platform.scheduler.wake()
        return greeting

    async def reset_greeting(self, by: Actor, account: str, box: str, kind: GreetingKind) -> None:
        """Let a voice speak the greeting again; without effect where it does already."""
        now = self._clock()

        def unit(conn: Connection) -> str:
            owner = rules.find(conn, account, box)
            if before := boxes.remove_greeting(conn, owner.id, kind):
                let_go(conn, UPLOAD + before.file, now)
                what, fields = "voicemail_box.greeting_reset", {"kind": kind.value}
                audit.record(conn, by, account=account, what=what, subject=owner.number, before=fields)
            return owner.id

        await self._directory.reload(await self._writer.write(unit))
        self._platform.scheduler.wake()

    async def prompt(self, account: str, source: str) -> Prompt:
        """Return what a source names, behind its scheme, ready to play; raises PromptError.

        What belongs to another account reads like what is not there.
        """
        what, _, rest = source.partition("/")
        prompts = self._platform.prompts
        if what == "greeting":
            box, _, kind = rest.partition("/")
            entry = self._directory.named(account, box)
            greeting = entry.greetings.get(GreetingKind(kind)) if entry and kind in set(GreetingKind) else None
            if greeting is None:
                raise errors.AudioNotFound("there is no such greeting")
            return await prompts.uploaded(greeting.file, greeting.digest)
        found = await self._db.read(lambda conn: messages.get(conn, rest))
        if what != "message" or found is None or found.account != account:
            raise errors.AudioNotFound("there is no such voicemail")
        return await prompts.kept(self._platform.files.path(found.file, found.format), found.file)


async def _limited(sound: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    if isinstance(sound, bytes):
        sound = _whole(sound)
    async for chunk in sound:
        size += len(chunk)
        if size > MOST_BYTES:
            raise errors.TooLarge(f"more than {MOST_BYTES} bytes")
        yield chunk


async def _whole(sound: bytes) -> AsyncIterator[bytes]:
    yield sound
