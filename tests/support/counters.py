"""Counters that behave, for one process."""

from engine.redis.errors import RedisUnavailable, TooLongToWait, TooManyCalls


class CountersInMemory:
    """Places and pace; `lost` makes them answer as a Redis that is down does."""

    def __init__(self) -> None:
        self.places: dict[str, set[str]] = {}
        self.wait = 0.0
        self.lost = False

    def _held(self, account: str) -> set[str]:
        if self.lost:
            raise RedisUnavailable
        return self.places.setdefault(account, set())

    async def take(self, account: str, call: str, *, most: int) -> None:
        held = self._held(account)
        if call not in held and len(held) >= most:
            raise TooManyCalls
        held.add(call)

    async def restore(self, account: str, call: str) -> None:
        self._held(account).add(call)

    async def give_back(self, account: str, call: str) -> None:
        self._held(account).discard(call)

    def count(self, account: str, call: str) -> None:
        self._held(account).add(call)

    def leave(self, account: str, call: str) -> None:
        self._held(account).discard(call)

    async def pace(self, account: str, per_second: float, longest: float) -> float:
        if self.wait > longest:
            raise TooLongToWait
        return self.wait
