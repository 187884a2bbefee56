"""Which trunks answer OPTIONS. That decides in which order trunks are tried, not whether: a carrier may answer none."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import structlog

from engine.ari.errors import AriError

log = structlog.get_logger(__name__)
LOOK_SECONDS = 5.0
"""Between two looks at the states in Asterisk, which sends no event of them to an application like ours."""


class AnsweredOptions:
    """Which trunks answered OPTIONS when it was looked at last, and which ever did since the controller's start."""

    def __init__(self) -> None:
        self._ever: set[str] = set()
        self._now: dict[str, bool] = {}

    def note(self, trunk: str, *, answers: bool) -> None:
        """Note whether a trunk answers now."""
        if self.stopped(trunk) is answers and trunk in self._ever:
            log.info("A trunk answers OPTIONS again." if answers else "A trunk stopped answering OPTIONS.", trunk=trunk)
        self._now[trunk] = answers
        if answers:
            self._ever.add(trunk)

    def keep(self, trunks: Iterable[str]) -> None:
        """Forget all trunks but these."""
        known = set(trunks)
        self._ever &= known
        self._now = {trunk: answers for trunk, answers in self._now.items() if trunk in known}

    def stopped(self, trunk: str) -> bool:
        """Whether a trunk answered before, and does not now: it is most likely dead."""
        return trunk in self._ever and not self._now[trunk]

    def never(self, trunk: str) -> bool:
        """Whether a trunk is sent OPTIONS and has answered none yet: it is dead, or answers none at all."""
        return trunk in self._now and trunk not in self._ever


class OptionsWatch:
    """Looks at the trunks' states from start() to stop().

    `states` returns those of all trunks that are sent OPTIONS, by their names: whether they answer, None where the
    first answer may still come.
    """

    def __init__(self, options: AnsweredOptions, states: Callable[[], Awaitable[dict[str, bool | None]]]) -> None:
        self._options, self._states = options, states
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="states of trunks")

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def look(self) -> None:
        """Look once; raises AriError."""
        states = await self._states()
        self._options.keep(states)
        for trunk, answers in states.items():
            if answers is not None:
                self._options.note(trunk, answers=answers)

    async def _run(self) -> None:
        while True:
            with suppress(AriError):  # where Asterisk is not there now, what was seen last counts
                await self.look()
            await asyncio.sleep(LOOK_SECONDS)
