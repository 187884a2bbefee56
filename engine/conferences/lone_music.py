"""Music for a participant who is alone: the bridge's own music on hold."""

import asyncio
from collections.abc import Callable

import structlog

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError

log = structlog.get_logger(__name__)
_UNKNOWN = object()


class LoneMusic:
    """Plays what `wanted` says whenever somebody comes or goes; music that fails is logged and left out."""

    def __init__(self, bridge: Bridge, wanted: Callable[[], str | None], *, fresh: bool) -> None:
        """Start with silence in a fresh bridge; in one of an earlier controller's anything may be playing."""
        self._bridge, self._wanted = bridge, wanted
        self._plays: object = None if fresh else _UNKNOWN
        self._changing = asyncio.Lock()

    async def update(self) -> None:
        """Play what is wanted now."""
        async with self._changing:
            wanted = self._wanted()
            if wanted == self._plays:
                return
            try:
                if self._plays is not None:
                    self._plays = _UNKNOWN
                    await self._bridge.stop_moh()
                    self._plays = None
                if wanted:
                    self._plays = _UNKNOWN
                    await self._bridge.start_moh(wanted)
                    self._plays = wanted
            except AriError as error:
                log.warning("A conference's music failed.", conference=self._bridge.id, error=str(error))
