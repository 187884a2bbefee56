"""A budget that refills: so many at once, and so many more each second."""

from math import ceil

LOG_SECONDS = 60.0

class TokenBucket:
    """Holds at most `most` tokens, and gets `per_second` of them. `now` is monotonic seconds; it begins with `left`."""

    def __init__(self, now: float, *, most: float, per_second: float, left: float | None = None) -> None:
        self._at, self._most, self._per_second = now, most, per_second
        self._left = most if left is None else left
        self._quiet_until = now

    def take(self, now: float) -> bool:
        """Take a token; returns False if there is none."""
        self._left, self._at = min(self._most, self._left + (now - self._at) * self._per_second), now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def is_logged(self, now: float) -> bool:
        """Return whether to log that there was no token: once in LOG_SECONDS."""
        if now < self._quiet_until:
            return False
        self._quiet_until = now + LOG_SECONDS
        return True

    def put_back(self) -> None:
        """Return a token."""
        self._left = min(self._most, self._left + 1)

    @property
    def seconds(self) -> int:
        """The whole seconds until there is a token, from the last take; at least 1."""
        return max(1, ceil((1 - self._left) / self._per_second))
