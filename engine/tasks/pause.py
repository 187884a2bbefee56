"""Let time pass."""

import asyncio

from engine.tasks.interfaces import Subject
from engine.tasks.results import Done
from engine.tasks.task import Task


class Pause(Task, frozen=True, kw_only=True, tag="pause"):
    """Hold the queue for `seconds`, in wall time over a restart."""

    seconds: float

    async def run(self, on: Subject) -> Done:
        """Wait."""
        await on.started()
        await asyncio.sleep(on.remaining(self.seconds) or 0)
        return Done()
