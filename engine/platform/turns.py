"""Whose turn it is: the accounts whose work of one kind waits share its slots, and one that must wait is left alone.

An account gets at most half of the slots that the others leave, so that slots are left for whoever comes next; those
that have fewest get the next ones. An account whose work cannot be done now, such as at its limit of calls, is held:
none of its work is tried until the hold ends, and then one row is tried first, then two, then four.
"""

import heapq
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

HELD_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""How long an account is held, by how often in a row; the last one from then on."""
NO_ACCOUNT = ""
"""Whose work is that of no account: it waits for free slots alone."""


class Waiting(NamedTuple):
    """The work of an account that is due: how much, and since when (Unix seconds) the oldest is."""

    rows: int
    since: float


class _Hold(NamedTuple):
    """`until` (Unix seconds) nothing is tried; then at most `most` rows at once. `times`: in a row, from 0."""

    until: float
    most: int
    times: int


class Turns:
    """The turns of one kind, of which `limit` run at the same time at most. An account is its id."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: Counter[str] = Counter()
        self._holds: dict[str, _Hold] = {}

    def copy(self) -> "Turns":
        """Return the turns as they are, for another thread."""
        copied = Turns(self._limit)
        copied._running, copied._holds = self._running.copy(), self._holds.copy()
        return copied

    def began(self, account: str) -> None:
        """Note that work of an account runs."""
        self._running[account] += 1

    def ended(self, account: str) -> None:
        """Note that it does not run any more."""
        self._running[account] -= 1
        if not self._running[account]:
            del self._running[account]

    def hold(self, account: str, now: float) -> float:
        """Leave an account alone, for longer each time; returns until when. What it had begun before may hold it too:
        that counts once."""
        held = self._holds.get(account)
        if held is not None and held.until > now:
            return held.until
        times = 0 if held is None else min(held.times + 1, len(HELD_SECONDS) - 1)
        self._holds[account] = _Hold(now + HELD_SECONDS[times], 1, times)
        return self._holds[account].until

    def let_go(self, account: str, at: float) -> bool:
        """End a hold `at` a time, if it is not over then; whether that changes anything."""
        held = self._holds.get(account)
        if held is None or held.until <= at:
            return False
        self._holds[account] = held._replace(until=at)
        return True

    def succeeded(self, account: str, now: float) -> None:
        """Note that work of an account was done: if it is not held, twice as much is tried next."""
        held = self._holds.get(account)
        if held is None or held.until > now:
            return
        if held.most >= self._limit:
            del self._holds[account]
        else:
            self._holds[account] = _Hold(held.until, held.most * 2, -1)

    def closed(self, now: float) -> list[str]:
        """Return the accounts whose work may not begin now."""
        known = {*self._running, *self._holds}
        return sorted(account for account in known if self._room(account, now) <= 0)

    def opens(self, now: float) -> float | None:
        """Return when the next hold ends; None: nobody is held."""
        return min((held.until for held in self._holds.values() if held.until > now), default=None)

    def shares(self, waiting: Mapping[str, Waiting], free: int, now: float) -> dict[str, int]:
        """Return how much of each account's work begins now, of those that wait; together at most `free`."""
        begin: Counter[str] = Counter()
        order = [(self._running[account], each.since, account) for account, each in waiting.items()]
        heapq.heapify(order)
        while order and begin.total() < free:
            running, since, account = heapq.heappop(order)
            if begin[account] < min(waiting[account].rows, self._room(account, now, begin)):
                begin[account] += 1
                heapq.heappush(order, (running + 1, since, account))
        return +begin

    def _room(self, account: str, now: float, begin: Mapping[str, int] | None = None) -> int:
        """Return how much of an account may run beside what runs, if the others begin this much."""
        if account == NO_ACCOUNT:
            return self._limit
        held = self._holds.get(account)
        if held is not None and held.until > now:
            return 0
        own = self._running[account]
        others = self._running.total() - own + sum(n for name, n in (begin or {}).items() if name != account)
        most = max(1, (self._limit - others + 1) // 2)
        return (most if held is None else min(most, held.most)) - own
