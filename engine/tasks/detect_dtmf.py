"""Report every digit."""

import asyncio
from typing import ClassVar

from engine.tasks.interfaces import Presses, Subject
from engine.tasks.results import Done
from engine.tasks.task import Task


class DetectDtmf(Task, frozen=True, kw_only=True, tag="detect_dtmf"):
    """Report every digit from now on, beside what follows, until stopped or the call's end."""

    graceful: ClassVar[bool] = True

    @property
    def background(self) -> bool:
        """A detector lets the queue go on."""
        return True

    async def run(self, on: Subject) -> Done:
        """Report digits until asked to stop."""
        with on.keypad.listening() as digits:
            await on.started()
            reporter = asyncio.create_task(_report(on, digits), name=f"report digits {on.task_id}")
            stop = asyncio.create_task(on.stop_requested.wait(), name=f"stop {on.task_id}")
            try:
                await asyncio.wait((reporter, stop), return_when=asyncio.FIRST_COMPLETED)
                if reporter.done():
                    reporter.result()
            finally:
                reporter.cancel()
                stop.cancel()
        return Done()


async def _report(on: Subject, digits: Presses) -> None:
    async for heard in digits:
        await on.digit(heard, accepted=True)
