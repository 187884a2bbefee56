"""Recording delivery: a finished recording is converted to MP3, put into a bucket, and its customer notified.

Each delivery is work that is due (engine.platform.scheduler), at once and, if its bucket may be reached later, again
after a pause: a restart loses neither.
"""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import Connection

from engine.events import Event, RecordingAvailable, RecordingUndelivered, TaskEnded
from engine.features.recordings import store
from engine.features.recordings.store import RecordingRow
from engine.ids import new_id
from engine.media import s3_address
from engine.media.recordings import CONTENT_TYPES, RecordingError
from engine.media.s3_client import Buckets, S3Error
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import events, tasks
from engine.store.events import StoredEvent
from engine.tasks.record import Record
from engine.tasks.results import Completed, Recorded
from engine.tasks.secret import Unreadable

log = structlog.get_logger(__name__)
KIND = "recording.delivery"
AT_ONCE = 4
AGAIN_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)  # after each attempt to reach a bucket that may be reached later


class RecordingDelivery:
    """Consumes the ends of recordings; what an earlier process did not finish is done after the start.

    A recording that got into a bucket is deleted here. `deliver` does the work of the kind `KIND`, whose payload is a
    recording's id.
    """

    name = "recording delivery"
    kinds = frozenset({TaskEnded})

    def __init__(self, platform: Platform, buckets: Buckets) -> None:
        self._db, self._writer, self._files = platform.database, platform.writer, platform.files
        self._seal, self._clock, self._scheduler = platform.seal, platform.clock, platform.scheduler
        self._buckets = buckets
        self.under_way = 0
        """How many are delivered now."""

    async def start(self) -> None:
        """Go on with what was left, also by a version that kept no times for it."""
        if left := await self._db.read(store.pending):
            await self._writer.write(lambda conn: self._schedule(conn, [row.id for row in left]))
            self._scheduler.wake()

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Schedule the delivery of what was finished, in the transaction that moves the cursor (`done`)."""
        ids = list(_finished(one.event for one in happened))

        def unit(conn: Connection) -> None:
            self._schedule(conn, ids)
            done(conn)

        await self._writer.write(unit)
        if ids:
            self._scheduler.wake()

    async def deliver(self, work: DueWork, finish: Finish) -> None:
        """Bring a recording where it should be, or leave it for a later time."""
        self.under_way += 1
        try:
            await self._process(work, finish)
        finally:
            self.under_way -= 1

    def _schedule(self, conn: Connection, recordings: Iterable[str]) -> None:
        """Let recordings be delivered now; of those that wait for their time already nothing changes."""
        for recording in recordings:
            id = f"{KIND}:{recording}"
            found = due_work.get(conn, id)
            if found is None or found.failed is not None:
                due_work.put(conn, DueWork(id=id, kind=KIND, at=self._clock(), payload=recording))

    async def _process(self, work: DueWork, finish: Finish) -> None:
        recording = work.payload
        row, record, ended = await self._db.read(lambda conn: _read(conn, recording))
        if row is None or record is None or ended is None or row.error or row.deleted:
            return
        if row.available is None and not await self._deliver(work, row, record, ended):
            return
        row = await self._db.read(lambda conn: store.get(conn, recording))
        if row and row.available and row.destination:
            await self._files.delete(recording)

            def unit(conn: Connection) -> None:
                store.mark_deleted(conn, recording, self._clock())
                finish(conn)

            await self._writer.write(unit)

    async def _deliver(self, work: DueWork, row: RecordingRow, record: Record, ended: TaskEnded) -> bool:
        """Return whether it is where it should be."""
        try:
            path = await self._files.to_mp3(row.id) if row.format == "mp3" else self._files.path(row.id)
            size = (await asyncio.to_thread(path.stat)).st_size
            destination = await self._put(row, record, path) if row.destination else ""
        except S3Error as error:
            if error.passing and work.attempts < len(AGAIN_SECONDS):
                await self._again(work, error)
            else:
                await self._give_up(row, ended, str(error))
            return False
        except (RecordingError, Unreadable) as error:
            await self._give_up(row, ended, str(error))
            return False
        except OSError as error:
            await self._give_up(row, ended, f"The recording's file cannot be read: {error.strerror}.")
            return False
        event = _available(row, ended, destination, self._clock())

        def unit(conn: Connection) -> None:
            store.made_available(conn, row.id, destination, size, event.at)
            if row.notify:
                events.append(conn, event)

        await self._writer.write(unit)
        return True

    async def _again(self, work: DueWork, error: S3Error) -> None:
        """Let it be tried again after a pause."""
        log.warning("A recording could not be put into its bucket yet.", recording=work.payload, error=str(error))
        at = self._clock() + AGAIN_SECONDS[work.attempts]
        later = msgspec.structs.replace(work, at=at, attempts=work.attempts + 1, error=str(error))
        await self._writer.write(lambda conn: due_work.put(conn, later))
        self._scheduler.wake(at)

    async def _put(self, row: RecordingRow, record: Record, file: Path) -> str:
        to = s3_address.place(row.destination).of(f"{row.name}.{row.format}")
        keys = s3_address.keys(self._opened(record))
        await self._buckets.put(file, to, keys, content_type=CONTENT_TYPES[row.format])
        return str(to)

    def _opened(self, record: Record) -> str:
        """Return a recording's credentials in the clear; raises Unreadable."""
        if record.credentials is None:
            return ""
        if self._seal is None and record.credentials.sealed:
            raise Unreadable
        return self._seal.open(record.credentials.value) if self._seal else record.credentials.value

    async def _give_up(self, row: RecordingRow, ended: TaskEnded, reason: str) -> None:
        log.warning("A recording did not get where it should be; it stays here.", recording=row.id, error=reason)
        event = RecordingUndelivered(
            id=new_id("event"),
            account=row.account,
            subject=row.owner,
            root=ended.root,
            at=self._clock(),
            data=ended.data,
            task=row.task,
            recording=row.id,
            reason=reason,
        )

        def unit(conn: Connection) -> None:
            store.given_up(conn, row.id, reason)
            events.append(conn, event)

        await self._writer.write(unit)


def _finished(happened: Iterable[Event]) -> Iterable[str]:
    """Return the recordings that ended with something left to do, by their ids."""
    for event in happened:
        match event:
            case TaskEnded(outcome=Completed(result=Recorded() as saved)) if saved.pending:
                yield saved.recording


def _read(conn: Connection, recording: str) -> tuple[RecordingRow | None, Record | None, TaskEnded | None]:
    row = store.get(conn, recording)
    task = tasks.get(conn, row.task) if row else None
    if row is None or task is None or not isinstance(task.task, Record):
        return row, None, None
    return row, task.task, _end_of(row.task, [one.event for one in events.of_subject(conn, row.owner)])


def _end_of(task: str, recorded: list[Event]) -> TaskEnded | None:
    return next((one for one in recorded if isinstance(one, TaskEnded) and one.task == task), None)


def _available(row: RecordingRow, ended: TaskEnded, destination: str, at: float) -> RecordingAvailable:
    return RecordingAvailable(
        id=new_id("event"),
        account=row.account,
        subject=row.owner,
        root=ended.root,
        at=at,
        data=ended.data,
        task=row.task,
        recording=row.id,
        name=row.name,
        format=row.format,
        destination=destination,
    )
