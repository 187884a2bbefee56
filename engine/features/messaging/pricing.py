"""What texts cost: so much a part, by the number's prefix."""

from engine.features.messaging.settings import MessagingSettings
from engine.model.money import Price
from engine.platform.settings_cache import SettingsCache


class MessagePricing:
    """The pricing of the kind message; its quantity is parts."""

    def __init__(self, cache: SettingsCache, settings: MessagingSettings) -> None:
        self._cache, self._settings = cache, settings

    def price(self, account: str, to: str, quantity: float) -> Price:
        """Return what so many parts of a text to `to` cost; 0 where no rate is loaded, and to an own extension."""
        owner = self._cache.find(account)
        if owner is None:
            return Price(amount=0, currency="USD")
        inside = self._cache.extension(account, to) is not None
        rate = 0 if inside else self._settings.per_part(account, owner.currency, to)
        return Price(amount=rate * round(quantity), currency=owner.currency)
