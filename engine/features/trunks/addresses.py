"""The addresses of trunks' host names: looked up, remembered for a while, and looked up again."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection

import structlog

from engine.ari.errors import AriError
from engine.features.errors import FeatureError
from engine.features.trunks import sources as trunk_sources
from engine.store.trunks import Trunk

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 300.0
KEPT_SECONDS = 3600.0
"""For how long a name keeps an address that it has no more: many answer with a few of their addresses, by turns."""


class TrunkAddresses:
    """Says what each trunk is known by. `own` are the addresses of this machine."""

    def __init__(self, own: Collection[str] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self._own = frozenset(own)
        self._clock = clock
        self._seen: defaultdict[str, dict[str, float]] = defaultdict(dict)

    async def match(self, trunk: Trunk) -> str:
        """Return what Asterisk knows a trunk by, its names looked up now."""
        names, now = trunk_sources.names_of(trunk), self._clock()
        for name, addresses in (await trunk_sources.look_up(names)).items():
            self._seen[name].update(dict.fromkeys(addresses, now))
        found = {}
        for name in names:
            known = {one: at for one, at in self._seen[name].items() if now - at <= KEPT_SECONDS}
            self._seen[name] = known
            if known:
                found[name] = tuple(sorted(known))
            else:
                log.warning("A host of a trunk has no address.", trunk=trunk.name, host=name)
        return trunk_sources.match(trunk, found, self._own)


class AddressRefresh:
    """Lets `refresh` look the names up again, every few minutes from start() to stop()."""

    def __init__(self, refresh: Callable[[], Awaitable[None]]) -> None:
        self._refresh = refresh
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="trunk addresses")

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            try:
                await self._refresh()
            except (AriError, FeatureError) as error:
                log.warning("The addresses of trunks could not be brought up to date.", error=str(error))
