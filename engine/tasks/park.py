"""Let a call wait."""

import asyncio
from collections.abc import Iterable

import structlog

from engine.ari.errors import AriError
from engine.tasks.interfaces import Subject
from engine.tasks.play import Play
from engine.tasks.playing import Audible, Series
from engine.tasks.results import Done, TaskFailed
from engine.tasks.say import Say
from engine.tasks.task import Task

log = structlog.get_logger(__name__)
ROUND_SECONDS = 1.0  # a round of `hold` that is shorter (or cannot be played) is followed by silence until then


class Park(Task, frozen=True, kw_only=True, tag="park"):
    """Play `intro` once, then `hold` again and again, until stopped; after `max_seconds` the call is hung up.

    The prompt that plays then is heard to its end first.
    A prompt that cannot be played is left out: who waits is not dropped for it. After a restart of the controller
    `hold` goes on, without the intro; the time counts from the beginning.
    """

    intro: tuple[Play | Say, ...] = ()
    hold: tuple[Play | Say, ...] = ()
    max_seconds: float = 600.0

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        return tuple(ready for prompt in (*self.intro, *self.hold) for ready in prompt.prompts)

    async def run(self, on: Subject) -> Done:
        """Wait."""
        await on.started()
        left = _Time(on.remaining(self.max_seconds) or 0.0)
        series = Series(on)
        if not on.resumed:
            await _play(self.intro, on, series, left)
        while left.seconds > 0:
            until_round = _Time(min(ROUND_SECONDS, left.seconds))
            await _play(self.hold, on, series, left)
            await asyncio.sleep(until_round.seconds)
        await on.line.hang_up("max_duration")
        return Done()


class _Time:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._now = asyncio.get_running_loop().time
        self._end = self._now() + seconds

    @property
    def seconds(self) -> float:
        """What is left of it; 0 when it is over."""
        return max(0.0, self._end - self._now())


async def _play(prompts: Iterable[Audible], on: Subject, series: Series, left: _Time) -> None:
    for prompt in prompts:
        if not left.seconds:
            return
        try:
            await series.play((prompt,))
        except (TaskFailed, AriError) as error:
            if await on.only_the_end(error):
                raise
            log.warning("A prompt for a parked call could not be played.", task=on.task_id, error=str(error))
