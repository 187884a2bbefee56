"""What calls cost, by the rates in memory."""

import asyncio

from engine.features.billing import rating, store
from engine.features.billing.rate_table import RateTable
from engine.features.billing.store import Rate
from engine.model.money import Price
from engine.platform.settings_cache import SettingsCache
from engine.store.database import Database


class CallRates:
    """The rates in memory, read by `load` at the start and after each change: the pricing of the kind call."""

    def __init__(self, db: Database, cache: SettingsCache) -> None:
        self._db, self._cache = db, cache
        self.table = RateTable()
        """As it was read last."""
        self._reading = asyncio.Lock()  # of two readings at once the older must not be kept last

    async def load(self) -> None:
        """Read the rates."""
        async with self._reading:
            self.table = RateTable(await self._db.read(store.list))

    def rate_of(self, account: str, digits: str) -> Rate | None:
        """Return what a minute from an account to `digits` costs; None: nothing (its own extension, or no rate)."""
        if "@" in digits:  # a SIP address costs nothing, whatever number it begins with
            return None
        owner = self._cache.find(account)
        if owner is None or self._cache.extension(account, digits):
            return None
        return self.table.match(digits, owner.currency, account)

    def price(self, account: str, to: str, quantity: float) -> Price:
        """Return what an answered outbound leg of `quantity` seconds costs; 0 where no rate is loaded."""
        owner = self._cache.find(account)
        rate = self.rate_of(account, to)
        return Price(amount=rating.price(rate, quantity) if rate else 0, currency=owner.currency if owner else "USD")
