"""Sleeps until the earliest of several times, by a clock that may be set meanwhile."""

import asyncio
from collections.abc import Callable
from math import inf

LOOK_SECONDS = 0.5
"""The longest sleep while a time is set."""


class Alarm:
    """`clock` gives Unix seconds."""

    def __init__(self, clock: Callable[[], float], look_seconds: float = LOOK_SECONDS) -> None:
        self._clock, self._look_seconds = clock, look_seconds
        self._at = inf
        self._woken = asyncio.Event()

    def set(self, at: float) -> None:
        """Wake at a time, or earlier if an earlier one was set."""
        if at < self._at:
            self._at = at
            self._woken.set()

    def wake(self) -> None:
        """Wake now."""
        self.set(-inf)

    async def wait(self) -> None:
        """Return when the earliest time that was set has come; it counts no longer then."""
        while (left := self._at - self._clock()) > 0:
            self._woken.clear()
            try:
                async with asyncio.timeout(None if left == inf else min(left, self._look_seconds)):
                    await self._woken.wait()
            except TimeoutError:
                continue
        self._at = inf
