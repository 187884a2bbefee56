"""Trunks that did not answer an INVITE: remembered for a while, then tried again by one call."""

import time
from collections.abc import Callable


class RestingTrunks:
    """Which trunks rest, by their names: they are tried behind all others. Kept in memory, by each controller."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def rest(self, trunk: str, seconds: float) -> None:
        """A trunk was silent: it rests for so long from now on."""
        self._until[trunk] = self._clock() + seconds

    def wake(self, trunk: str) -> bool:
        """A trunk answered: it is used as before; returns whether it rested."""
        return self._until.pop(trunk, None) is not None

    def rests(self, trunk: str, probing: float) -> bool:
        """Whether a trunk rests. The first call that asks when its time is over may try it; others may not for so many
        `probing` seconds, within which it is known whether it answers."""
        until, now = self._until.get(trunk), self._clock()
        if until is None:
            return False
        if now < until:
            return True
        self._until[trunk] = now + probing
        return False

    def seconds_left(self, trunk: str) -> float:
        """For how long a trunk rests still; 0: it does not."""
        return max(0.0, self._until.get(trunk, 0.0) - self._clock())
