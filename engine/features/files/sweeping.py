"""Once a day: files that belong to nothing, such as what a kill left behind."""

import structlog
from sqlalchemy import Connection

from engine.features.files.service import FileService
from engine.features.retention.worker import DAY_SECONDS, next_run
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish

log = structlog.get_logger(__name__)
KIND = "files.sweep"


class Sweeping:
    """Does the work of the kind KIND: one row, which is put in again for the next day each time."""

    def __init__(self, platform: Platform, files: FileService) -> None:
        self._writer, self._clock, self._scheduler, self._files = (
            platform.writer, platform.clock, platform.scheduler, files,
        )  # fmt: skip

    async def start(self) -> None:
        """Schedule the first sweep, where none is scheduled."""
        await self._writer.write(self._ensure)
        self._scheduler.wake()

    async def sweep(self, work: DueWork, finish: Finish) -> None:
        """Remove files of nothing that are a day old, and schedule the next sweep."""
        count = await self._files.sweep(self._clock() - DAY_SECONDS)
        log.info("Files that belong to nothing were removed.", files=count)
        at = next_run(self._clock())
        await self._writer.write(lambda conn: due_work.put(conn, DueWork(id=KIND, kind=KIND, at=at)))
        self._scheduler.wake()

    def _ensure(self, conn: Connection) -> None:
        known = due_work.get(conn, KIND)
        if known is None or known.failed is not None or known.at < self._clock():  # what was missed is taken first
            due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(self._clock())))
