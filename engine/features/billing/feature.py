"""Billing: what calls cost, and the rates that say so."""

from engine.features.billing.call_rates import CallRates
from engine.features.billing.service import RateService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class BillingFeature(Feature):
    """Rates in the store and in memory; `rates` prices the kind call."""

    name = "billing"
    tables = (tables.rates,)

    def __init__(self, platform: Platform) -> None:
        self.rates = CallRates(platform.database, platform.cache)
        self.services = (self.rates, RateService(platform.database, platform.writer, self.rates.load))
        self.prices = {"call": self.rates}

    async def start(self) -> None:
        """Read the rates."""
        await self.rates.load()
