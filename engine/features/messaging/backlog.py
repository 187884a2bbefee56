"""How many texts of each account are queued, in memory: an account may have only so many."""

from collections import Counter
from collections.abc import Mapping

from engine.commands import LimitReached

MOST = 100_000
"""Texts that an account may have queued."""


class Backlog:
    """Counts; what is stored is counted anew at the start."""

    def __init__(self) -> None:
        self._queued: Counter[str] = Counter()

    def load(self, queued: Mapping[str, int]) -> None:
        """Begin with what is stored."""
        self._queued = Counter(queued)

    def check(self, account: str) -> None:
        """Raise LimitReached if no more of an account's texts may be queued."""
        if self._queued.get(account, 0) >= MOST:
            raise LimitReached(f"This account has {MOST:,} texts queued, and may have no more: try again later.")

    def enter(self, account: str) -> None:
        """Count a text."""
        self._queued[account] += 1

    def leave(self, account: str) -> None:
        """Count a text no longer."""
        if account:
            self._queued[account] -= 1
            if self._queued[account] <= 0:
                del self._queued[account]

    def drop(self, account: str) -> None:
        """Count none of an account's texts any longer."""
        self._queued.pop(account, None)

    @property
    def accounts(self) -> list[str]:
        """The accounts that have texts queued."""
        return list(self._queued)

    def of(self, account: str) -> int:
        """Return how many texts of an account are queued."""
        return self._queued[account]

    @property
    def total(self) -> int:
        """How many texts are queued."""
        return self._queued.total()
