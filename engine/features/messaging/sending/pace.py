"""So many a second and no more, evenly: for a carrier, and for each account."""

from collections.abc import Callable

BURST_SECONDS = 0.05
"""What was not used is saved for so long."""
LEAST_SECONDS = 0.02
"""The shortest wait: what comes free meanwhile is taken together."""
_ROUNDING = 1e-6


class Pace:
    """A bucket that fills by `per_second`. `time` is a clock that nobody sets."""

    def __init__(self, per_second: float, time: Callable[[], float]) -> None:
        self._time, self._at = time, time()
        self.per_second = per_second
        self._tokens = self._most

    @property
    def _most(self) -> float:
        return max(1.0, self.per_second * BURST_SECONDS)

    def change(self, per_second: float) -> None:
        """Go by another pace from now on."""
        self._fill()
        self.per_second = per_second

    def take(self, most: int) -> int:
        """Take up to `most`; returns how many."""
        self._fill()
        taken = max(0, min(most, int(self._tokens + _ROUNDING)))
        self._tokens -= taken
        return taken

    def give_back(self, count: int) -> None:
        """Give back what was taken and not used."""
        self._tokens += count

    @property
    def seconds(self) -> float:
        """How long to wait before the next one is taken; not for each one alone where the pace is fast."""
        self._fill()
        missing = 1.0 - self._tokens
        return max(missing / self.per_second, LEAST_SECONDS) if missing > _ROUNDING else 0.0

    def _fill(self) -> None:
        now = self._time()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self.per_second)
        self._at = now


class Paces:
    """The paces of accounts; `per_second` gives an account's."""

    def __init__(self, per_second: Callable[[str], float], time: Callable[[], float]) -> None:
        self._per_second, self._time = per_second, time
        self._by_account: dict[str, Pace] = {}

    def of(self, account: str) -> Pace:
        """Return an account's pace, as it is set now."""
        per_second = self._per_second(account)
        pace = self._by_account.get(account)
        if pace is None:
            pace = self._by_account[account] = Pace(per_second, self._time)
        elif pace.per_second != per_second:
            pace.change(per_second)
        return pace
