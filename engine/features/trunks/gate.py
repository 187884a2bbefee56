"""What a trunk carries now: its hours, its limits, and whether it answered last (engine.calls.trunk_gate)."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from engine.calls.admission_protocol import Route
from engine.calls.trunk_gate import PassedOver
from engine.features.trunks import hours
from engine.features.trunks.options import AnsweredOptions
from engine.features.trunks.resting import RestingTrunks
from engine.platform.settings_cache import SettingsCache
from engine.redis.errors import RedisUnavailable, TooLongToWait, TooManyCalls
from engine.store.trunks import Trunk

log = structlog.get_logger(__name__)
PROBING_SECONDS = 5.0
"""More than the longest wait for a first response that is usual: after it another call may try a trunk that rests."""


class Counters(Protocol):
    """Places and turns, shared by all processes (engine.redis.counters)."""

    async def take(self, account: str, call: str, *, most: int) -> None:
        """Take a place; raises TooManyCalls."""

    async def restore(self, account: str, call: str) -> None:
        """Take a place, whatever the limits say."""

    def count(self, account: str, call: str) -> None:
        """Take a place, whatever the limits say, without waiting; it is known before the next place is taken."""

    def leave(self, account: str, call: str) -> None:
        """Give a place back, without waiting; harmless where there is none."""

    async def pace(self, account: str, per_second: float, longest: float) -> float:
        """Take the next turn; raises TooLongToWait and takes none."""


class Gate:
    """The limits of trunks; a trunk's places are counted like an account's, under a name that no account has.

    Of a trunk without `max_calls` the calls are known here only, and cost no request. Once it has a limit they are
    counted with the next call that is to go out by it.
    """

    def __init__(self, cache: SettingsCache, counters: Counters, clock: Callable[[], float] = time.time) -> None:
        self._cache, self._counters, self._clock = cache, counters, clock
        self._up: defaultdict[str, set[str]] = defaultdict(set)  # trunk → calls that it carries
        self._counted: set[str] = set()  # places that the counters have
        self.resting, self.options = RestingTrunks(), AnsweredOptions()

    def in_order(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Return the routes with those last whose trunks rest, or stopped answering OPTIONS."""
        if len(routes) < 2:
            return tuple(routes)
        return tuple(sorted(routes, key=lambda route: bool(route.trunk) and self._rests(route)))

    async def enter(self, call: str, route: Route) -> PassedOver | None:
        """Take a place on a route's trunk for a call, or say why it is not dialled. Without limits nothing is asked."""
        if route.trunk is None:
            return None
        trunk = self._cache.trunk(route.trunk)
        if trunk is None:
            return PassedOver(reason="gone", detail=f"The trunk {route.trunk} was removed.")
        passed = await self._passed_over(trunk, call)
        if passed is None:
            self._up[trunk.name].add(call)
        return passed

    async def resume(self, call: str, trunk: str) -> None:
        """Take the place of a call that is up since before a restart."""
        self._up[trunk].add(call)
        known = self._cache.trunk(trunk)
        if known is None or not known.routing.max_calls:
            return
        self._counted.add(_place(call, trunk))
        try:
            await self._counters.restore(_places(trunk), _place(call, trunk))
        except RedisUnavailable as error:
            log.warning("A restored call holds no place on its trunk yet.", call=call, error=str(error))

    def leave(self, call: str, trunk: str) -> None:
        """Give the place back; harmless where there is none."""
        self._up[trunk].discard(call)
        if not self._up[trunk]:
            del self._up[trunk]
        self._give_back(call, trunk)

    def answered(self, route: Route) -> None:
        """Note that the trunk answers."""
        if route.trunk and self.resting.wake(route.trunk):
            log.info("A trunk answers again.", trunk=route.trunk)

    def silent(self, route: Route) -> None:
        """Let the trunk rest."""
        trunk = self._cache.trunk(route.trunk) if route.trunk else None
        if trunk and trunk.routing.rest_seconds:
            self.resting.rest(trunk.name, trunk.routing.rest_seconds)

    def _rests(self, route: Route) -> bool:
        trunk = route.trunk or ""
        probing = max(PROBING_SECONDS, route.response_seconds + 1)
        return self.options.stopped(trunk) or self.resting.rests(trunk, probing)

    async def _passed_over(self, trunk: Trunk, call: str) -> PassedOver | None:
        limits = trunk.routing
        if limits.hours and not hours.is_open(limits.hours, limits.time_zone, self._clock()):
            zone = limits.time_zone or "UTC"
            return PassedOver(reason="out_of_hours", detail=f"It carries calls {limits.hours} ({zone}).")
        try:
            return await self._take(trunk, call)
        except RedisUnavailable:
            log.warning("The calls of a trunk are not counted now: Redis does not answer.", trunk=trunk.name)
            return PassedOver(reason="full", detail="Redis does not answer, so its calls are not counted.", full=True)

    async def _take(self, trunk: Trunk, call: str) -> PassedOver | None:
        limits, places, place = trunk.routing, _places(trunk.name), _place(call, trunk.name)
        if limits.max_calls:
            self._count_earlier(trunk.name)
            try:
                await self._counters.take(places, place, most=limits.max_calls)
            except TooManyCalls:
                why = f"It has {limits.max_calls} calls, its most at once."
                return PassedOver(reason="full", detail=why, full=True)
            self._counted.add(place)
        if limits.calls_per_second:
            try:
                await self._counters.pace(places, limits.calls_per_second, 0.0)
            except RedisUnavailable:
                self._give_back(call, trunk.name)
                raise
            except TooLongToWait:
                self._give_back(call, trunk.name)
                why = f"It takes {limits.calls_per_second:g} calls a second."
                return PassedOver(reason="full", detail=why, full=True)
        return None

    def _count_earlier(self, trunk: str) -> None:
        """Count the calls that went out by a trunk before it had a limit."""
        for call in self._up.get(trunk, ()):
            if (place := _place(call, trunk)) not in self._counted:
                self._counted.add(place)
                self._counters.count(_places(trunk), place)

    def _give_back(self, call: str, trunk: str) -> None:
        if (place := _place(call, trunk)) in self._counted:
            self._counted.discard(place)
            self._counters.leave(_places(trunk), place)


def _places(trunk: str) -> str:
    return f"trunk/{trunk}"


def _place(call: str, trunk: str) -> str:
    return f"{call}/{trunk}"
