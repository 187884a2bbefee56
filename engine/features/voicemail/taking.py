"""Takes what callers have said: a recording that ended becomes a message, once, whatever ends meanwhile.

1. The end of a recording is consumed: in the transaction of the cursor it becomes work that is due, which has the ids
   of the message and of its file already.
2. The file is made, under that name: a second attempt replaces it.
3. One transaction stores the message with its events, takes the recording's row away, and finishes the work. The raw
   file goes afterwards, as work that is due too.
"""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog
from sqlalchemy import Connection

from engine.events import TaskEnded
from engine.features.voicemail import sound
from engine.features.voicemail.events import VoicemailFailed
from engine.features.voicemail.messages import new_file, received
from engine.features.voicemail.model import PREFIX, Box, Message
from engine.features.voicemail.shared import UPLOAD, Shared, counted, let_go
from engine.features.voicemail.sound import Made
from engine.features.voicemail.store import boxes, messages
from engine.ids import new_id
from engine.media.recordings import RecordingError, RecordingMissing
from engine.model.call import Call
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.scheduler import Finish, Later
from engine.store import calls, events, recordings
from engine.store.events import StoredEvent
from engine.store.recordings import RecordingRow
from engine.tasks.results import Completed, Recorded

log = structlog.get_logger(__name__)
KIND = "voicemail.message"
AT_ONCE = 4
AGAIN_SECONDS = 60.0
"""Until a recording that could not be taken, such as for want of space, is taken again."""
DAMAGED_SECONDS = 7 * 86_400.0
"""For how long the file of a recording that could not be read is left for the operator."""
PURPOSE = "voicemail:message/"
"""What a recording is made for that is to become a message; the box's id follows."""


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The payload: which recording becomes which message, in which file. `seconds`: what was recorded, if known."""

    recording: str
    message: str
    file: str
    seconds: float | None = None


class Taking(Shared):
    """Consumes the ends of recordings. `take` and `remove_file` do the work of the kinds KIND and FILE_KIND."""

    name = "voicemail"
    kinds = frozenset({TaskEnded})

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Schedule the messages of what was recorded, in the transaction that moves the cursor (`done`)."""
        ended = [event for one in happened if isinstance(event := one.event, TaskEnded) and _may_be_ours(event)]

        def unit(conn: Connection) -> None:
            for event in ended:
                self._schedule(conn, event.task.replace("task-", "rec-", 1), _seconds(event))
            done(conn)

        await self._writer.write(unit)
        if ended:
            self._platform.scheduler.wake()

    async def take(self, work: DueWork, finish: Finish) -> None:
        """Make a message of a recording, or of one that is too short nothing."""
        wanted = msgspec.json.decode(work.payload, type=_Wanted)
        row, box, call = await self._db.read(lambda conn: _read(conn, wanted.recording))
        if row is None:
            return
        try:
            file = await self._made(row, box, wanted) if box and call else None
        except RecordingError as error:
            await self._fail(row, box, call, wanted, error, finish)
            return
        if box is None or call is None or file is None or file.seconds < box.least_seconds:
            await self._platform.files.delete(wanted.file)
            await self._writer.write(lambda conn: self._dropped(conn, row, finish))
        else:
            message = _message(row, box, call, wanted, file)
            await self._writer.write(lambda conn: self._kept_in(conn, box, row, message, finish))
            await self._directory.reload(box.id)
        self._platform.scheduler.wake()

    async def _fail(
        self,
        row: RecordingRow,
        box: Box | None,
        call: Call | None,
        wanted: _Wanted,
        error: RecordingError,
        finish: Finish,
    ) -> None:
        """Give up a recording that cannot be read, with an event, unless nothing was said."""
        reason = "missing" if isinstance(error, RecordingMissing) else "damaged"
        log.error("a caller's recording is lost", recording=row.id, call=row.owner, reason=reason, error=str(error))
        nothing = reason == "missing" and not wanted.seconds
        now = self._clock()

        def unit(conn: Connection) -> None:
            if box and call and not nothing:
                events.append(conn, _failed(row, box, call, reason, now))
            recordings.forget(conn, row.id)
            let_go(conn, row.id, now + (DAMAGED_SECONDS if reason == "damaged" else 0))
            finish(conn)

        await self._platform.files.delete(wanted.file)
        await self._writer.write(unit)
        self._platform.scheduler.wake()

    async def remove_file(self, work: DueWork, finish: Finish) -> None:
        """Remove a file that belongs to nothing any more; of a recording that a feature made, its row too."""
        if work.payload.startswith(UPLOAD):
            await self._platform.prompts.discard(work.payload.removeprefix(UPLOAD))
        else:
            await self._platform.files.delete(work.payload)

        def unit(conn: Connection) -> None:
            recordings.forget(conn, work.payload)  # of a greeting that was recorded: nothing else takes it away
            finish(conn)

        await self._writer.write(unit)

    def _schedule(self, conn: Connection, recording: str, seconds: float | None) -> None:
        row, id = recordings.get(conn, recording), f"{KIND}:{recording}"
        if row is None or not row.purpose.startswith(PURPOSE) or due_work.get(conn, id):
            return
        wanted = _Wanted(recording=recording, message=new_id(PREFIX), file=new_file(), seconds=seconds)
        payload = msgspec.json.encode(wanted).decode()
        due_work.put(conn, DueWork(id=id, kind=KIND, at=self._clock(), account=row.account, payload=payload))

    async def _made(self, row: RecordingRow, box: Box, wanted: _Wanted) -> Made:
        """Make the file; raises RecordingMissing, RecordingDamaged."""
        files = self._platform.files
        await files.mend(row.id)  # its writer may have crashed
        target = files.path(wanted.file, box.format)
        try:
            return await asyncio.to_thread(sound.made, files.path(row.id), target, box.format)
        except OSError as error:  # no space, or a volume that is away: the recording waits
            raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error

    def _dropped(self, conn: Connection, row: RecordingRow, finish: Finish) -> None:
        recordings.forget(conn, row.id)
        let_go(conn, row.id, self._clock())
        finish(conn)

    def _kept_in(self, conn: Connection, box: Box, row: RecordingRow, message: Message, finish: Finish) -> None:
        if boxes.get(conn, box.id) is None:  # it was removed meanwhile
            let_go(conn, message.file, self._clock())
            return self._dropped(conn, row, finish)
        now = self._clock()
        messages.add(conn, message, row.id)
        events.append(conn, received(box, message, now))
        counted(conn, box, now)
        self._dropped(conn, row, finish)


def _may_be_ours(event: TaskEnded) -> bool:
    """Whether a recording ended that is a feature's, or of which its end does not say whose it is."""
    match event.outcome:
        case Completed(result=Recorded() as saved):
            return saved.purpose.startswith(PURPOSE)
        case Completed():
            return False
    return event.kind == "record"


def _seconds(event: TaskEnded) -> float | None:
    match event.outcome:
        case Completed(result=Recorded() as saved):
            return saved.seconds
    return None


def _failed(row: RecordingRow, box: Box, call: Call, reason: str, at: float) -> VoicemailFailed:
    return VoicemailFailed(
        id=new_id("event"),
        account=row.account,
        subject=call.id,
        root=call.root,
        at=at,
        box=box.id,
        number=box.number,
        caller="" if call.private else call.far_number,
        called=call.callee,
        recording=row.id,
        reason=reason,
    )


def _read(conn: Connection, recording: str) -> tuple[RecordingRow | None, Box | None, Call | None]:
    row = recordings.get(conn, recording)
    if row is None:
        return None, None, None
    box, call = boxes.get(conn, row.purpose.removeprefix(PURPOSE)), calls.get(conn, row.owner)
    ours = box if box and box.account == row.account else None
    return row, ours, call


def _message(row: RecordingRow, box: Box, call: Call, wanted: _Wanted, file: Made) -> Message:
    return Message(
        id=wanted.message,
        account=row.account,
        box=box.id,
        caller="" if call.private else call.far_number,
        withheld=call.private,
        called=call.callee,
        call=call.id,
        received=row.created,
        arrived=row.created,
        seconds=round(file.seconds, 3),
        bytes=file.bytes,
        format=box.format,
        file=wanted.file,
    )
