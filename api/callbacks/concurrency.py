"""Limits concurrent requests, and shares them fairly among accounts and among each account's hosts.

The rule is that of dynamic thresholds (Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
Switches", 1998): an account that has as many places as are free must wait, so that an account without any finds one.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class _Ranking:
    """Names ordered by a number, the smallest first. Outdated entries are dropped when they come first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, str]] = []
        self._entries: dict[str, int] = {}
        self._made = 0

    def put(self, name: str, number: int | None) -> None:
        """Rank a name by a new number, after those with the same one; None removes it."""
        if number is None:
            self._entries.pop(name, None)
            return
        self._made += 1
        self._entries[name] = self._made
        heapq.heappush(self._heap, (number, self._made, name))

    def first(self) -> tuple[int, str] | None:
        """Return the smallest number and its name, or None if there is none."""
        while self._heap:
            number, entry, name = self._heap[0]
            if self._entries.get(name) == entry:
                return number, name
            heapq.heappop(self._heap)
        return None


@dataclass(slots=True)
class _Host:
    """One host of an account: the number of its requests in progress, and the waiting ones in order."""

    taken: int = 0
    waiting: "deque[asyncio.Future[None]]" = field(default_factory=deque)

    @property
    def is_awaited(self) -> bool:
        """Return whether a request waits that was not cancelled."""
        return any(not turn.done() for turn in self.waiting)


@dataclass(slots=True)
class _Account:
    """An account: the number of its requests in progress, its hosts, and those with waiting requests in order."""

    taken: int = 0
    hosts: dict[str, _Host] = field(default_factory=dict)
    awaited: _Ranking = field(default_factory=_Ranking)


class Places:
    """Places for `overall` requests, and for `per_host` of each account to one host.

    A single account gets at most half of them, two get a third each, and so on: the rest is for an account that comes
    later, which therefore need not wait. If nothing is left, each account still has `least` places beyond `overall`.
    Within an account its hosts share in the same way. A place that becomes free goes to the waiting account with the
    fewest places, there to the host with the fewest, and there to the first request that waits.
    """

    def __init__(self, *, per_host: int, overall: int, least: int = 4) -> None:
        self._per_host, self._least = per_host, least
        self._free = overall  # below zero where accounts have their least
        self._accounts: dict[str, _Account] = {}
        self._waiting = _Ranking()  # accounts by how many places must be free for one more request

    @asynccontextmanager
    async def take(self, account: str, host: str) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        await self._enter(account, host)
        try:
            yield
        finally:
            self._leave(account, host)

    async def _enter(self, account: str, host: str) -> None:
        owner = self._accounts.setdefault(account, _Account())
        place = owner.hosts.setdefault(host, _Host())
        if not place.is_awaited and self._may_have(self._needed(owner, place)):
            return self._hold(owner, place)
        turn = asyncio.get_running_loop().create_future()
        place.waiting.append(turn)
        self._rank(account, host)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in place.waiting:
                place.waiting.remove(turn)
                self._rank(account, host)
            else:
                self._leave(account, host)  # it was given a place at the same moment
            raise

    def _leave(self, account: str, host: str) -> None:
        owner = self._accounts[account]
        owner.taken -= 1
        owner.hosts[host].taken -= 1
        self._free += 1
        self._rank(account, host)
        while self._give():
            pass

    def _give(self) -> bool:
        """Give one free place to a waiting request, if one may have it."""
        first = self._waiting.first()
        if first is None or not self._may_have(first[0]):
            return False
        account = first[1]
        owner = self._accounts[account]
        ranked = owner.awaited.first()
        assert ranked is not None  # an account waits as long as a request to one of its hosts does
        place = owner.hosts[ranked[1]]
        turn = next((turn for turn in place.waiting if not turn.done()), None)
        if turn is not None:
            place.waiting.remove(turn)
            self._hold(owner, place)
            turn.set_result(None)
        self._rank(account, ranked[1])
        return True

    def _rank(self, account: str, host: str) -> None:
        """Update the rank of a host in its account and of the account among all; remove those that are unused."""
        owner = self._accounts[account]
        place = owner.hosts[host]
        owner.awaited.put(host, place.taken if place.is_awaited else None)
        if not place.taken and not place.waiting:
            del owner.hosts[host]
        if not owner.hosts:
            del self._accounts[account]
        ranked = owner.awaited.first()
        self._waiting.put(account, self._needed(owner, owner.hosts[ranked[1]]) if ranked else None)

    def _needed(self, owner: _Account, place: _Host) -> int | None:
        """Return how many places must be free for one more request; 0 if the account has fewer than its least, None
        if the host has its maximum.

        It is one, and the number that the account has, so that it never has more than are free, and twice the number
        that the host has, so that the host never has more than are left for the account.
        """
        if place.taken >= self._per_host:
            return None
        return 0 if owner.taken + place.taken < self._least else owner.taken + 2 * place.taken + 1

    def _may_have(self, needed: int | None) -> bool:
        return needed is not None and (needed == 0 or needed <= self._free)

    def _hold(self, owner: _Account, place: _Host) -> None:
        owner.taken += 1
        place.taken += 1
        self._free -= 1
