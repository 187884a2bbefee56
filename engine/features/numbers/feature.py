"""Numbers: whose they are, and what they lead to."""

from engine.features.destinations.registry import Destinations
from engine.features.numbers.assignments import NumberAssignments
from engine.features.numbers.pool import NONE, Pool
from engine.features.numbers.sales import NumberSales
from engine.features.numbers.service import Numbers
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class NumbersFeature(Feature):
    """The numbers of accounts. `pool` are those that are for sale (Pool.read), at `price` (millionths)."""

    name = "numbers"
    tables = (tables.numbers,)

    def __init__(self, platform: Platform, destinations: Destinations, pool: str = NONE, price: int = 0) -> None:
        db, writer, refresh = platform.database, platform.writer, platform.refresh
        owned = Numbers(db, writer, destinations, platform.refresh_number)
        self.services = (
            owned,
            NumberAssignments(db, writer, refresh),
            NumberSales(db, writer, Pool.read(pool), price, owned.removed, refresh, platform.clock),
        )
