"""Ends texts whose time is over: what was not sent, and what no receipt came of. One task for all of them."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from engine.features.messaging import progress
from engine.features.messaging.progress import EARLY_SECONDS, Progress
from engine.features.messaging.sending.alarm import Alarm
from engine.features.messaging.store import messages, receipts, repeated
from engine.store.errors import Fenced, StoreClosed
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
AT_ONCE = 500
"""Texts that are ended in one transaction."""
AGAIN_SECONDS = 1.0
"""After an accident, and where a part is still being submitted."""
LOOK_SECONDS = 5.0
"""The longest sleep: the clock may be set."""
TIDY_SECONDS = 3600.0
"""How often receipts that name no part, and old requests, are forgotten."""


class Expiry:
    """Sleeps until the next text expires."""

    def __init__(self, writer: Writer, clock: Callable[[], float], on_progress: Callable[[Progress], None]) -> None:
        self._writer, self._clock, self._on_progress = writer, clock, on_progress
        self._alarm = Alarm(clock, LOOK_SECONDS)
        self._tidied = 0.0
        self._task: asyncio.Task[None] | None = None

    def note(self, expires: float) -> None:
        """Note when a text expires."""
        self._alarm.set(expires)

    async def start(self) -> None:
        """Begin with what has expired already."""
        self._alarm.wake()
        self._task = asyncio.create_task(self._run(), name="texts that expire")

    async def stop(self) -> None:
        """End it; what expires meanwhile ends after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def sweep(self) -> bool:
        """End what has expired, as much as is done at once; returns whether there may be more."""
        now = self._clock()
        tidy = now - self._tidied >= TIDY_SECONDS

        def unit(conn: Connection) -> tuple[Sequence[Progress], float | None]:
            if tidy:
                receipts.forget_early(conn, now - EARLY_SECONDS)
                repeated.forget(conn, now)
            return progress.expired(conn, now, AT_ONCE), messages.next_expiry(conn, now)

        ended, next_at = await self._writer.write(unit)
        self._tidied = now if tidy else self._tidied
        for one in ended:
            self._on_progress(one)
        self.note(self._tidied + TIDY_SECONDS)
        if next_at is not None:
            self.note(next_at)
        return len(ended) == AT_ONCE

    async def _run(self) -> None:
        while True:
            await self._alarm.wait()
            try:
                while await self.sweep():
                    pass
            except (Fenced, StoreClosed):
                log.warning("no more texts expire here: the store is another controller's, or stopped")
                return
            except Exception:
                log.exception("texts that expire could not be looked for; it is tried again")
                self.note(self._clock() + AGAIN_SECONDS)
