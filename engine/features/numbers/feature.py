"""Numbers: whose they are, and what they lead to."""

from engine.features.destinations.registry import Destinations
from engine.features.numbers.assignments import NumberAssignments
from engine.features.numbers.service import Numbers
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class NumbersFeature(Feature):
    """The numbers of accounts."""

    name = "numbers"
    tables = (tables.numbers,)

    def __init__(self, platform: Platform, destinations: Destinations) -> None:
        db, writer = platform.database, platform.writer
        self.services = (
            Numbers(db, writer, destinations, platform.refresh_number),
            NumberAssignments(db, writer, platform.refresh),
        )
