"""Details: fields of programs, kept with accounts, users and extensions."""

from engine.features.details.service import DetailService
from engine.features.details.tables import details
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class DetailsFeature(Feature):
    """The details of all things."""

    name = "details"
    tables = (details,)

    def __init__(self, platform: Platform) -> None:
        self.services = (DetailService(platform.database, platform.writer, platform.clock),)
