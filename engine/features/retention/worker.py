"""Removes, once a day, what is older than the settings say."""

from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from engine.features.retention.old_events import expire_events
from engine.platform import audit, due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Expire, Platform
from engine.platform.scheduler import Finish

log = structlog.get_logger(__name__)
KIND = "retention"
DAY_SECONDS = 86_400.0
FAILED_DAYS = 30.0
"""For how long work that was given up is kept, such as a scheduled call that was refused."""
AT_ONCE = 1000
"""Rows that one transaction deletes, at most: calls do not wait longer for theirs."""
HOUR = 3
"""Of the day, in UTC."""
Kept = Mapping[str, float]
"""For how many days what is kept, by its name; 0, or no name: for ever."""


class Retention:
    """Does the work of the kind `KIND`: one row, which is put in again for the next day each time."""

    def __init__(self, platform: Platform, kept: Kept) -> None:
        self._writer, self._clock, self._scheduler = platform.writer, platform.clock, platform.scheduler
        self._kept, self._expiring = kept, platform.expiring

    async def start(self) -> None:
        """Schedule the first removal, where none is scheduled."""
        await self._writer.write(self._ensure)
        self._scheduler.wake()

    async def remove(self, work: DueWork, finish: Finish) -> None:
        """Remove what is old, in steps, and schedule the next removal."""
        expiring = {"audit": audit.expire, "events": expire_events, **self._expiring}
        removed = {name: await self._expire(expire, self._kept.get(name, 0)) for name, expire in expiring.items()}
        log.info("what was older than the settings say was removed", **removed)
        now = self._clock()

        def unit(conn: Connection) -> None:
            due_work.forget_failed(conn, now - FAILED_DAYS * DAY_SECONDS)
            due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(now)))

        await self._writer.write(unit)
        self._scheduler.wake()

    async def _expire(self, expire: Expire, days: float) -> int:
        """Delete what is older than so many days; returns how many rows it was."""
        if not days:
            return 0
        before, total = self._clock() - days * DAY_SECONDS, 0
        while True:
            removed = await self._writer.write(lambda conn: expire(conn, before, AT_ONCE), hurry=False)
            total += removed
            if removed < AT_ONCE:
                return total

    def _ensure(self, conn: Connection) -> None:
        found = due_work.get(conn, KIND)
        if found is None or found.failed is not None:
            due_work.put(conn, DueWork(id=KIND, kind=KIND, at=next_run(self._clock())))


def next_run(now: float) -> float:
    """Return the next moment at HOUR o'clock in UTC (Unix seconds)."""
    today = now // DAY_SECONDS * DAY_SECONDS + HOUR * 3600
    return today if today > now else today + DAY_SECONDS
