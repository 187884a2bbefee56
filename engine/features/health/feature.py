"""Health: how the installation is, as the store shows it."""

from engine.features.health.views import StoreHealth
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class HealthFeature(Feature):
    """Whether the store answers, and how much is in it."""

    name = "health"

    def __init__(self, platform: Platform) -> None:
        self.services = (StoreHealth(platform.database, platform.writer),)
