"""Scheduled calls: placed at a time."""

from collections.abc import Callable

from engine.events import ScheduledCallRefused
from engine.features.scheduled_calls.service import (
    AT_ONCE,
    KIND,
    LIST_KIND,
    LISTED_AT_ONCE,
    Check,
    Placing,
    ScheduledCalls,
)
from engine.platform.catalogue import Entry, only
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class ScheduledCallsFeature(Feature):
    """Calls for a time to come. `engine` places them; it is asked for when the first one is due."""

    name = "scheduled_calls"
    events = (ScheduledCallRefused,)
    announces = (Entry("call.refused", ScheduledCallRefused, only("reason")),)

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Placing]) -> None:
        service = ScheduledCalls(platform, check, engine)
        self.services = (service,)
        self.timers = {
            KIND: Timer(service.place, at_once=AT_ONCE),
            LIST_KIND: Timer(service.place, at_once=LISTED_AT_ONCE),
        }
        platform.on_commit(service.freed)
