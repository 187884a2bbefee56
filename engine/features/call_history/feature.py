"""Call history: the read models of calls."""

from engine.features.call_history.views import CallHistory
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class CallHistoryFeature(Feature):
    """Lists calls, and shows one's tree, queue and timeline."""

    name = "call_history"

    def __init__(self, platform: Platform) -> None:
        self.services = (CallHistory(platform.database),)
