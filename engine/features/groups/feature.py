"""Ring groups: several phones that ring for one call."""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.groups.destination import GroupKind
from engine.features.groups.service import Groups
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.store import tables


class GroupsFeature(Feature):
    """The ring groups of accounts, and the destination of that name."""

    name = "groups"
    tables = (tables.ring_groups,)

    def __init__(self, platform: Platform, destinations: Destinations) -> None:
        db, writer, cache = platform.database, platform.writer, platform.cache
        self._cache = cache
        self.services = (Groups(db, writer, cache, destinations, platform.refresh),)
        self.destinations = (GroupKind(cache),)

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """Where groups lead the calls that nobody takes."""
        return (Lead(f"the group {group.name}", group.otherwise) for group in self._cache.groups(account))
