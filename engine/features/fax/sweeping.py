"""Once a day: files of faxes that belong to nothing, such as what a kill left behind."""

import structlog
from sqlalchemy import Connection

from engine.features.fax import store
from engine.features.fax.files import FaxFiles, fax_of
from engine.features.fax.taking import KIND as TAKE
from engine.features.retention.worker import DAY_SECONDS, next_run
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish

log = structlog.get_logger(__name__)
KIND = "fax.sweep"
_EXCHANGED = ("fax-", "pages-")
"""How the names of files beside Asterisk's recordings begin that are ours."""


class Sweeping:
    """Does the work of the kind KIND: one row, which is put in again for the next day each time."""

    def __init__(self, platform: Platform, files: FaxFiles) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._files = platform.scheduler, files

    async def start(self) -> None:
        """Schedule the first sweep, where none is scheduled."""
        await self._writer.write(self._ensure)
        self._scheduler.wake()

    async def sweep(self, work: DueWork, finish: Finish) -> None:
        """Remove files of nothing that are a day old, and schedule the next sweep. No fax lasts so long."""
        known, before = await self._db.read(store.kept), self._clock() - DAY_SECONDS
        left = [name for name in await self._files.kept.names(before) if name not in known]
        waiting = await self._db.read(lambda conn: due_work.ids(conn, TAKE))
        beside = [
            name
            for name in await self._files.exchanged.names(before)
            if name.startswith(_EXCHANGED) and f"{TAKE}:{fax_of(name)}" not in waiting
        ]
        for folder, names in ((self._files.kept, left), (self._files.exchanged, beside)):
            for name in names:
                await folder.remove(name)
        log.info("Files of faxes that belong to nothing were removed.", files=len(left) + len(beside))
        now = self._clock()
        await self._writer.write(lambda conn: due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(now))))
        self._scheduler.wake()

    def _ensure(self, conn: Connection) -> None:
        known = due_work.get(conn, KIND)
        if known is None or known.failed is not None or known.at < self._clock():  # what was missed is taken first
            due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(self._clock())))
