"""Recordings: found, fetched, deleted, and delivered to where their customers want them."""

from engine.events import RecordingAvailable, RecordingUndelivered
from engine.features.recordings.announced import ENTRIES
from engine.features.recordings.delivery import AT_ONCE, KIND, RecordingDelivery
from engine.features.recordings.service import RecordingService
from engine.media.s3_client import Buckets
from engine.platform.feature import Feature, Measure
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer
from engine.store import tables


class RecordingsFeature(Feature):
    """What becomes of recordings. `s3_endpoint`: where buckets are; "" is Amazon's."""

    name = "recordings"
    events = (RecordingAvailable, RecordingUndelivered)
    announces = ENTRIES
    books = (tables.recordings,)

    def __init__(self, platform: Platform, s3_endpoint: str = "") -> None:
        self._delivery = delivery = RecordingDelivery(platform, Buckets(s3_endpoint))
        self.services = (
            RecordingService(platform.database, platform.writer, platform.files, platform.clock),
            delivery,
        )
        self.consumers = (delivery,)
        self.timers = {KIND: Timer(delivery.deliver, at_once=AT_ONCE)}
        self.metrics = (
            Measure("carillon_recordings_under_way", "Recordings that are delivered now", lambda: delivery.under_way),
        )

    async def start(self) -> None:
        """Go on with the deliveries that an earlier process left."""
        await self._delivery.start()
