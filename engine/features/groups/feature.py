"""Ring groups: several phones that ring for one call."""

from engine.features.destinations.registry import Destinations
from engine.features.groups.destination import GroupKind
from engine.features.groups.service import Groups
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class GroupsFeature(Feature):
    """The ring groups of accounts, and the destination of that name."""

    name = "groups"
    tables = (tables.ring_groups,)

    def __init__(self, platform: Platform, destinations: Destinations) -> None:
        db, writer, cache = platform.database, platform.writer, platform.cache
        self.services = (Groups(db, writer, cache, destinations, platform.refresh),)
        self.destinations = (GroupKind(cache),)
