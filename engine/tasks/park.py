"""Let a call wait."""

import asyncio
from collections.abc import Iterable

import structlog

from engine.ari.errors import AriError
from engine.tasks.play import Play
from engine.tasks.playing import Audible, Series
from engine.tasks.results import Done, TaskFailed
from engine.tasks.roles import Subject
from engine.tasks.say import Say
from engine.tasks.task import Task

log = structlog.get_logger(__name__)
ROUND_SECONDS = 1.0  # a round of `hold` that is shorter (or cannot be played) is followed by silence until then


class Park(Task, frozen=True, kw_only=True, tag="park"):
    """Play `intro` once, then `hold` again and again, until stopped; after `max_seconds` the call is hung up.

    A prompt that cannot be played is left out: who waits is not dropped for it. After a restart of the controller
    `hold` goes on, without the intro; the time counts from the beginning.
    """

    intro: tuple[Play | Say, ...] = ()
    hold: tuple[Play | Say, ...] = ()
    max_seconds: float = 600.0

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """See Task."""
        return tuple(ready for prompt in (*self.intro, *self.hold) for ready in prompt.prompts)

    async def run(self, on: Subject) -> Done:
        """Wait."""
        await on.started()
        try:
            async with asyncio.timeout(on.remaining(self.max_seconds)):
                await self._wait(on, Series(on))
        except TimeoutError:
            await on.line.hang_up("max_duration")
        return Done()

    async def _wait(self, on: Subject, series: Series) -> None:
        if not on.resumed:
            await _play(self.intro, on, series)
        now = asyncio.get_running_loop().time
        while True:
            again = now() + ROUND_SECONDS
            await _play(self.hold, on, series)
            await asyncio.sleep(max(0.0, again - now()))


async def _play(prompts: Iterable[Audible], on: Subject, series: Series) -> None:
    for prompt in prompts:
        try:
            await series.play((prompt,))
        except (TaskFailed, AriError) as error:
            if await on.only_the_end(error):
                raise
            log.warning("A prompt for a parked call could not be played.", task=on.task_id, error=str(error))
