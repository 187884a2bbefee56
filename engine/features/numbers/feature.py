"""Numbers: whose they are, and what they lead to."""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.numbers.assignments import NumberAssignments
from engine.features.numbers.pool import NONE, Pool
from engine.features.numbers.sales import NumberSales
from engine.features.numbers.service import Numbers
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.settings_cache import SettingsCache
from engine.store import tables
from engine.store.numbers import CAPABILITIES, VOICE


class NumbersFeature(Feature):
    """The numbers of accounts. `pool` are those that are for sale (Pool.read), at `price` (millionths)."""

    name = "numbers"
    tables = (tables.numbers,)

    def __init__(self, platform: Platform, destinations: Destinations, pool: str = NONE, price: int = 0) -> None:
        db, writer, refresh = platform.database, platform.writer, platform.refresh
        self._cache = platform.cache
        owned = Numbers(db, writer, destinations, platform.refresh_number)
        self.services = (
            owned,
            NumberAssignments(db, writer, refresh),
            NumberSales(db, writer, Pool.read(pool), price, owned.removed, refresh, platform.clock),
        )

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """What numbers lead to, for calls, faxes and texts."""
        return leads_of(self._cache, account)


def leads_of(cache: SettingsCache, account: str) -> Iterable[Lead]:
    """What the numbers of an account lead to."""
    for capability in sorted(CAPABILITIES, reverse=True):
        for number in cache.numbers(account, capability):
            what = f"the number {number.number}" + ("" if capability == VOICE else f" for {capability}")
            yield Lead(what, str(number.leads_to or ""))
            yield Lead(f"{what} for faxes", number.fax_to)
