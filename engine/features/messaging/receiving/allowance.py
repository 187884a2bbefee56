"""How often something may happen for somebody, in memory: a restart begins to count anew."""

from collections import deque

MOST_KEYS = 10_000
"""For how many it is counted at once; beyond that those that waited longest begin anew."""


class Allowance:
    """At most `most` times in any `seconds`, for each key."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._taken: dict[object, deque[float]] = {}

    def left(self, key: object, now: float) -> int:
        """Return how often it may still happen for a key."""
        return max(0, self._most - len(self._recent(key, now)))

    def take(self, key: object, now: float) -> bool:
        """Whether it may happen now; if so it is counted."""
        if not self.left(key, now):
            return False
        recent = self._recent(key, now)
        recent.append(now)
        self._taken.pop(key, None)
        self._taken[key] = recent
        while len(self._taken) > MOST_KEYS:
            del self._taken[next(iter(self._taken))]
        return True

    def _recent(self, key: object, now: float) -> deque[float]:
        """Return when it happened within the seconds. A time ahead of `now` does not count: the clock was set."""
        times = self._taken.get(key, deque())
        while times and not 0 <= now - times[0] < self._seconds:
            times.popleft()
        return times
