"""Retention: what is kept for how long."""

from engine.features.retention.worker import KIND, Kept, Retention
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class RetentionFeature(Feature):
    """Removes what is older than `kept` says, once a day."""

    name = "retention"

    def __init__(self, platform: Platform, kept: Kept) -> None:
        self._retention = Retention(platform, kept)
        self.timers = {KIND: Timer(self._retention.remove, at_once=1)}

    async def start(self) -> None:
        """Schedule the first removal."""
        await self._retention.start()
