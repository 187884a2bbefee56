"""Sends a mail for each message in a box that has an address.

1. The event of a message is consumed: in the transaction of the cursor its mail becomes work that is due.
2. The work sends the mail. What the server does not take now is tried again, after pauses that grow to an hour, for
   five days (RFC 5321 section 4.5.4.1). What it refuses for good is given up at once; either is told by an event.
3. A kill between the sending and the commit sends it again, under the same Message-ID.
"""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog
from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.features.voicemail.emailing.events import VoicemailNotEmailed
from engine.features.voicemail.emailing.letter import MOST_ATTACHED, letter
from engine.features.voicemail.events import VoicemailReceived
from engine.features.voicemail.model import Box, Message
from engine.features.voicemail.service import VoicemailService
from engine.features.voicemail.store import boxes, messages
from engine.ids import new_id
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.post import NotSent, Post, Refused
from engine.platform.scheduler import Finish, Later
from engine.store import events
from engine.store.events import StoredEvent

log = structlog.get_logger(__name__)
KIND = "voicemail.mail"
AT_ONCE = 4
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
GIVEN_UP_AFTER = 5 * 86_400.0


class _Wanted(msgspec.Struct, frozen=True):
    """The payload: which message, and since when it waits (Unix seconds)."""

    message: str
    since: float


class Emailing:
    """Consumes messages; `send` does the work of the kind KIND."""

    name = "voicemail_mail"
    kinds = frozenset({VoicemailReceived})

    def __init__(self, platform: Platform, service: VoicemailService, post: Post) -> None:
        self._platform, self._service, self._post = platform, service, post
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Schedule the mails, in the transaction that moves the cursor (`done`)."""
        received = [event for one in happened if isinstance(event := one.event, VoicemailReceived)]
        at = self._clock()

        def unit(conn: Connection) -> None:
            for event in received:
                box = boxes.get(conn, event.box)
                if box and box.email:
                    _schedule(conn, event, at)
            done(conn)

        await self._writer.write(unit)
        self._platform.scheduler.wake()

    async def send(self, work: DueWork, finish: Finish) -> None:
        """Send one mail. A message that was removed meanwhile, or whose box has no address any more, gets none."""
        wanted = msgspec.json.decode(work.payload, type=_Wanted)
        box, message = await self._db.read(lambda conn: _read(conn, wanted.message))
        if box is None or message is None or not box.email:
            return
        mail = letter(box, message, await self._sound(box, message), name=message.id)
        try:
            await self._post.send(box.account, mail)
        except NotSent as error:
            await self._later(wanted, box, message, str(error), finish)
            return
        except Refused as error:
            await self._give_up(box, message, str(error), finish)
            return
        if box.delete_after_email:
            await self._service.delete(box.account, message.id)

    async def _sound(self, box: Box, message: Message) -> bytes | None:
        if not box.attach or message.bytes > MOST_ATTACHED:
            return None
        try:
            sound = await self._service.sound(box.account, message.id)
            return await asyncio.to_thread(sound.path.read_bytes)
        except (NotThere, FileNotFoundError):
            return None

    async def _later(self, wanted: _Wanted, box: Box, message: Message, why: str, finish: Finish) -> None:
        now = self._clock()
        waited = now - wanted.since
        if waited >= GIVEN_UP_AFTER:
            await self._give_up(box, message, why, finish)
            return
        raise Later(now + min(max(waited, FIRST_PAUSE), LONGEST_PAUSE), why)

    async def _give_up(self, box: Box, message: Message, why: str, finish: Finish) -> None:
        log.warning("the mail of a voicemail was given up", message=message.id, box=box.number, error=why)
        event = VoicemailNotEmailed(
            id=new_id("event"),
            account=box.account,
            subject=message.id,
            root=message.id,
            at=self._clock(),
            box=box.id,
            number=box.number,
            email=box.email,
            error=why,
        )

        def unit(conn: Connection) -> None:
            events.append(conn, event)
            finish(conn)

        await self._writer.write(unit)


def _schedule(conn: Connection, event: VoicemailReceived, at: float) -> None:
    payload = msgspec.json.encode(_Wanted(event.subject, at)).decode()
    due_work.put(conn, DueWork(id=f"{KIND}:{event.subject}", kind=KIND, at=at, account=event.account, payload=payload))


def _read(conn: Connection, id: str) -> tuple[Box | None, Message | None]:
    message = messages.get(conn, id)
    return (boxes.get(conn, message.box) if message else None), message
