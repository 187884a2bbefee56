"""Recording delivery: a finished recording is converted to MP3, put into a bucket, and its customer notified."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Connection

from engine.events import AnyEvent, RecordingAvailable, RecordingUndelivered, TaskEnded
from engine.ids import new_id
from engine.media import s3_address
from engine.media.recordings import CONTENT_TYPES, RecordingError, RecordingFiles
from engine.media.s3_client import Buckets, S3Error
from engine.store import events, recordings, tasks
from engine.store.database import Database
from engine.store.errors import Fenced, StoreClosed
from engine.store.events import StoredEvent
from engine.store.recordings import RecordingRow
from engine.store.writer import Writer
from engine.tasks.record import Record
from engine.tasks.results import Completed, Recorded
from engine.tasks.secret import Seal, Unreadable

log = structlog.get_logger(__name__)
AT_ONCE = 4
STOP_SECONDS = 2.0
AGAIN_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)  # after each attempt to reach a bucket that may be reached later


class RecordingDelivery:
    """Fed with what was committed; what an earlier process did not finish is done after the start.

    A recording that got into a bucket is deleted here.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        files: RecordingFiles,
        buckets: Buckets,
        seal: Seal | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._writer, self._files, self._buckets = db, writer, files, buckets
        self._seal, self._clock = seal, clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Go on with what was left."""
        for row in await self._db.read(recordings.pending):
            self._take(row.id)

    def feed(self, committed: list[StoredEvent]) -> None:
        """Take events just committed."""
        for one in committed:
            match one.event:
                case TaskEnded(outcome=Completed(result=Recorded() as saved)) if saved.pending:
                    self._take(saved.recording)

    async def stop(self) -> None:
        """Finish what can be finished soon; the rest is left for the next start."""
        if running := list(self._tasks.values()):
            _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    @property
    def idle(self) -> bool:
        """Whether there is nothing under way."""
        return not self._tasks

    def _take(self, recording: str) -> None:
        if recording not in self._tasks:
            task = self._tasks[recording] = asyncio.create_task(self._process(recording), name=f"keep {recording}")
            task.add_done_callback(lambda done: self._on_done(recording, done))

    def _on_done(self, recording: str, task: "asyncio.Task[None]") -> None:
        del self._tasks[recording]
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, StoreClosed | Fenced):
            log.error("A recording could not be kept as it should be.", recording=recording, exc_info=error)

    async def _process(self, recording: str) -> None:
        row, record, ended = await self._db.read(lambda conn: _read(conn, recording))
        if row is None or record is None or ended is None or row.error or row.deleted:
            return
        if row.available is None:
            await self._deliver(row, record, ended)
        row = await self._db.read(lambda conn: recordings.get(conn, recording))
        if row and row.available and row.destination:
            await self._files.delete(recording)
            await self._writer.write(lambda conn: recordings.mark_deleted(conn, recording, self._clock()))

    async def _deliver(self, row: RecordingRow, record: Record, ended: TaskEnded) -> None:
        try:
            async with self._places:
                path = await self._files.to_mp3(row.id) if row.format == "mp3" else self._files.path(row.id)
            size = (await asyncio.to_thread(path.stat)).st_size
            destination = await self._put(row, record, path) if row.destination else ""
        except (RecordingError, S3Error, Unreadable) as error:
            await self._give_up(row, ended, str(error))
            return
        except OSError as error:
            await self._give_up(row, ended, f"The recording's file cannot be read: {error.strerror}.")
            return
        event = _available(row, ended, destination, self._clock())

        def unit(conn: Connection) -> None:
            recordings.made_available(conn, row.id, destination, size, event.at)
            if row.notify:
                events.append(conn, event)

        await self._writer.write(unit)

    async def _put(self, row: RecordingRow, record: Record, file: Path) -> str:
        to = s3_address.place(row.destination).of(f"{row.name}.{row.format}")
        keys = s3_address.keys(self._opened(record))
        for again in (*AGAIN_SECONDS, None):
            try:
                async with self._places:
                    await self._buckets.put(file, to, keys, content_type=CONTENT_TYPES[row.format])
            except S3Error as error:
                if not error.passing or again is None:
                    raise
                log.warning("A recording could not be put into its bucket yet.", recording=row.id, error=str(error))
                await asyncio.sleep(again)
            else:
                break
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
            recordings.given_up(conn, row.id, reason)
            events.append(conn, event)

        await self._writer.write(unit)


def _read(conn: Connection, recording: str) -> tuple[RecordingRow | None, Record | None, TaskEnded | None]:
    row = recordings.get(conn, recording)
    task = tasks.get(conn, row.task) if row else None
    if row is None or task is None or not isinstance(task.task, Record):
        return row, None, None
    return row, task.task, _end_of(row.task, [one.event for one in events.of_subject(conn, row.owner)])


def _end_of(task: str, recorded: list[AnyEvent]) -> TaskEnded | None:
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
