"""Locations: the places of accounts."""

from engine.features.locations.service import LocationService
from engine.features.locations.tables import locations
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class LocationsFeature(Feature):
    """The locations of all accounts."""

    name = "locations"
    tables = (locations,)

    def __init__(self, platform: Platform) -> None:
        self.services = (LocationService(platform.database, platform.writer, platform.clock),)
