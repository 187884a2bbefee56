"""How many requests may be under way at once: shared fairly by accounts, and by each account's hosts.

The rule is that of dynamic thresholds (Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
Switches", 1998): who has as many places as are left over waits, so that there is always room for who has none yet.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    """One host of an account: how many requests are under way to it, and who waits, in turn."""

    taken: int = 0
    waiting: "deque[asyncio.Future[None]]" = field(default_factory=deque)


@dataclass(slots=True)
class _Account:
    """An account: how many of its requests are under way, and its hosts that have requests or wait."""

    taken: int = 0
    hosts: dict[str, _Host] = field(default_factory=dict)


class Places:
    """Places for `overall` requests, and for `per_host` of each account to one host.

    An account alone gets half of them, two get a third each, and so on: what remains is for an account that comes later
    and therefore waits for nobody. Should nothing remain, each account still has `least` places, beyond `overall`.
    Within an account its hosts share in the same way. A place that becomes free goes to the waiting account that has
    the fewest, there to the host that has the fewest, and there to who came first.
    """

    def __init__(self, *, per_host: int, overall: int, least: int = 4) -> None:
        self._per_host, self._overall, self._least = per_host, overall, least
        self._taken = 0
        self._accounts: dict[str, _Account] = {}
        self._waiting: set[str] = set()  # the accounts that somebody waits for

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
        if not place.waiting and self._has_room(owner, place):
            return self._hold(owner, place)
        turn = asyncio.get_running_loop().create_future()
        place.waiting.append(turn)
        self._waiting.add(account)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in place.waiting:
                place.waiting.remove(turn)
                self._forget(account, host)
            else:
                self._leave(account, host)  # it was given a place in the same moment
            raise

    def _leave(self, account: str, host: str) -> None:
        owner = self._accounts[account]
        owner.taken -= 1
        owner.hosts[host].taken -= 1
        self._taken -= 1
        self._forget(account, host)
        while self._waiting and self._give():
            pass

    def _give(self) -> bool:
        """Give one place away, if somebody waits who may have it."""
        for name in sorted(self._waiting, key=lambda name: self._accounts[name].taken):
            owner = self._accounts[name]
            place = min(filter(_is_awaited, owner.hosts.values()), key=lambda host: host.taken, default=None)
            if place is not None and self._has_room(owner, place):
                turn = next(turn for turn in place.waiting if not turn.done())
                place.waiting.remove(turn)
                self._hold(owner, place)
                turn.set_result(None)
                self._settle(name, owner)
                return True
        return False

    def _has_room(self, owner: _Account, place: _Host) -> bool:
        """Whether a host of an account may have one more: fewer than the account might still take."""
        others = self._taken - owner.taken
        share = max(self._least, (self._overall - others + 1) // 2)
        return place.taken < min(self._per_host, share - owner.taken)

    def _hold(self, owner: _Account, place: _Host) -> None:
        owner.taken += 1
        place.taken += 1
        self._taken += 1

    def _forget(self, account: str, host: str) -> None:
        """Forget a host, and an account, that has no request and for which nobody waits."""
        owner = self._accounts[account]
        if not owner.hosts[host].taken and not owner.hosts[host].waiting:
            del owner.hosts[host]
        if not owner.hosts:
            del self._accounts[account]
        self._settle(account, owner)

    def _settle(self, account: str, owner: _Account) -> None:
        if not any(host.waiting for host in owner.hosts.values()):
            self._waiting.discard(account)


def _is_awaited(host: _Host) -> bool:
    """Whether somebody waits for a host who was not cancelled in this moment."""
    return any(not turn.done() for turn in host.waiting)
