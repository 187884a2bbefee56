"""Recordings that were made: found, fetched, deleted. Their delivery is engine.features.recordings.delivery's."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.features.recordings import store
from engine.features.recordings.errors import NoSuchRecording, NotReady, RecordingDeleted
from engine.features.recordings.model import RecordingFile, RecordingRow
from engine.media.recordings import Measure, RecordingFiles
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store.database import Database
from engine.store.writer import Writer


class RecordingService:
    """Finds and deletes recordings; their files are in `files`. `clock`: Unix seconds."""

    def __init__(
        self, db: Database, writer: Writer, files: RecordingFiles, clock: Callable[[], float] = time.time
    ) -> None:
        self._db, self._writer, self._files, self._clock = db, writer, files, clock

    async def page(
        self, account: str | None = None, *, limit: int = 100, before: str | None = None
    ) -> list[RecordingRow]:
        """Return recordings that are not deleted, newest first; `before` is the last id of the page before."""
        return await self._db.read(lambda conn: store.list(conn, account, limit=limit, before=before))

    async def of_owner(self, owner: str) -> list[RecordingRow]:
        """Return a call's or conference's recordings, oldest first, deleted ones too."""
        return await self._db.read(lambda conn: store.of_owner(conn, owner))

    async def get(self, recording: str) -> RecordingRow:
        """Return a recording that is not deleted; raises NoSuchRecording."""
        row = await self._db.read(lambda conn: store.get(conn, recording))
        if row is None or row.deleted is not None:
            raise NoSuchRecording("There is no such recording.")
        return row

    async def measure(self, recording: str) -> Measure:
        """Return length, size and level of a recording's file; raises NoSuchRecording, RecordingError."""
        return await self._files.measure((await self.get(recording)).id)

    async def file(self, recording: str) -> RecordingFile:
        """Return a recording's file; raises NoSuchRecording, and NotThere if the file is missing."""
        found = self._file_of(await self.get(recording))
        if not await asyncio.to_thread(found.path.is_file):
            raise NotThere("The recording's file is not there.")
        return found

    async def linked(self, recording: str, name: str, format: str) -> RecordingFile:
        """Return the file that a customer's link names; the link's name and format must be the recording's.

        Raises NoSuchRecording, NotReady if it is still being made, RecordingDeleted if its file is gone.
        """
        row = await self._db.read(lambda conn: store.get(conn, recording))
        if row is None or (row.name, row.format) != (name, format):
            raise NoSuchRecording("There is no such recording.")
        if row.deleted is None and row.format != "wav" and not (row.available or row.error):
            raise NotReady("This recording is not ready yet.")
        found = self._file_of(row)
        if row.deleted is not None or not await asyncio.to_thread(found.path.is_file):
            raise RecordingDeleted("This recording was deleted.")
        return found

    async def delete(self, by: Actor, recording: str) -> None:
        """Delete a recording's file; the row stays, marked as deleted. Raises NoSuchRecording."""

        def unit(conn: Connection) -> RecordingRow:
            row = store.get(conn, recording)
            if row is None or not store.mark_deleted(conn, recording, self._clock()):
                raise NoSuchRecording("There is no such recording.")
            before = {"owner": row.owner, "name": row.name, "format": row.format, "seconds": row.seconds}
            audit.record(conn, by, account=row.account, what="recording.deleted", subject=row.id, before=before)
            return row

        await self._files.delete((await self._writer.write(unit)).id)

    def _file_of(self, row: RecordingRow) -> RecordingFile:
        return RecordingFile(self._files.path(row.id, row.format), row.format)
