"""Applications: the customers' programs."""

from collections.abc import Sequence

from engine.features.applications.dialects import Dialect
from engine.features.applications.service import ApplicationService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class ApplicationsFeature(Feature):
    """Applications of all accounts. `dialects` are those that they may have, beside fixed lists of tasks."""

    name = "applications"
    tables = (tables.applications,)

    def __init__(self, platform: Platform, dialects: Sequence[Dialect]) -> None:
        self.services = (ApplicationService(platform.database, platform.writer, dialects, platform.refresh),)
