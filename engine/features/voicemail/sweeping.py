"""Once a day: messages that a box keeps no longer, the trash, and files that belong to nothing."""

from functools import partial

import structlog
from sqlalchemy import Connection

from engine.features.retention.worker import DAY_SECONDS, next_run
from engine.features.voicemail.messages import FILE_PREFIX, box_of
from engine.features.voicemail.model import Box
from engine.features.voicemail.shared import Shared, counted, purge
from engine.features.voicemail.store import boxes, messages
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.scheduler import Finish

log = structlog.get_logger(__name__)
KIND = "voicemail.sweep"
TRASH_DAYS = 7.0
"""For how long a message is in the trash."""
AT_ONCE = 200
"""Messages that one transaction removes, at most."""


class Sweeping(Shared):
    """Does the work of the kind KIND: one row, which is put in again for the next day each time."""

    async def start(self) -> None:
        """Schedule the first sweep, where none is scheduled."""
        await self._writer.write(self._ensure)
        self._platform.scheduler.wake()

    async def sweep(self, work: DueWork, finish: Finish) -> None:
        """Purge what is old, remove files of nothing, and schedule the next sweep."""
        removed = 0
        for box in await self._db.read(boxes.all):
            while found := await self._writer.write(partial(self._purged, box=box), hurry=False):
                removed += found
                await self._directory.reload(box.id)
        orphans = await self._platform.files.left(FILE_PREFIX, self._clock() - DAY_SECONDS)
        known = await self._db.read(messages.files)
        for file in orphans:
            if file not in known:
                await self._platform.files.delete(file)
        log.info("voicemail that is kept no longer was removed", messages=removed)
        now = self._clock()
        await self._writer.write(lambda conn: due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(now))))
        self._platform.scheduler.wake()

    def expire(self, conn: Connection, before: float, most: int) -> int:
        """Purge at most so many messages that came into their boxes before a moment (engine.platform.platform.Expire).

        The box's own limit and the installation's both count; the shorter one takes effect.
        """
        found, now = messages.arrived_before(conn, before, most), self._clock()
        touched: dict[str, Box] = {}
        for message in found:
            if message.box not in touched:
                touched[message.box] = box_of(conn, message)
            purge(conn, touched[message.box], message, now)
        for box in touched.values():
            counted(conn, box, now)
        return len(found)

    def _purged(self, conn: Connection, box: Box) -> int:
        now = self._clock()
        arrived = now - box.retention_days * DAY_SECONDS if box.retention_days else 0.0
        deleted = now - TRASH_DAYS * DAY_SECONDS
        found = messages.expired(conn, box.id, arrived=arrived, deleted=deleted, most=AT_ONCE)
        for message in found:
            purge(conn, box, message, now)
        if found:
            counted(conn, box, now)
        return len(found)

    def _ensure(self, conn: Connection) -> None:
        known = due_work.get(conn, KIND)
        if known is None or known.failed is not None:
            due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(self._clock())))
