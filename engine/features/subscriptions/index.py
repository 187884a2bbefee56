"""Subscriptions in memory, by account and by the names of events: an event that none wants costs two look-ups."""

from collections.abc import Callable, Collection, Iterable

from engine.features.subscriptions.model import Subscription
from engine.platform.catalogue import Catalogue

_ByName = dict[str, dict[str, Subscription]]


class SubscriptionIndex:
    """What subscribes to what. A change costs as much as what was changed, however many there are."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_account: dict[str, _ByName] = {}
        self._by_id: dict[str, Subscription] = {}

    def load(self, found: Iterable[Subscription]) -> None:
        """Take the subscriptions of all accounts."""
        self._by_account, self._by_id = {}, {}
        for subscription in found:
            self.put(subscription)

    def put(self, subscription: Subscription) -> None:
        """Take a subscription as it is now."""
        self.drop(subscription.id)
        self._by_id[subscription.id] = subscription
        by_name = self._by_account.setdefault(subscription.account, {})
        for name in () if subscription.disabled else self._catalogue.meant(subscription.events):
            by_name.setdefault(name, {})[subscription.id] = subscription

    def drop(self, id: str) -> None:
        """Forget a subscription that was removed."""
        if (former := self._by_id.pop(id, None)) is not None:
            for wanting in self._by_account[former.account].values():
                wanting.pop(id, None)

    def keep(self, is_there: Callable[[str], bool]) -> None:
        """Forget the subscriptions of accounts that are not there any more."""
        gone = {account for account in self._by_account if not is_there(account)}
        for subscription in [each for each in self._by_id.values() if each.account in gone]:
            del self._by_id[subscription.id]
        for account in gone:
            del self._by_account[account]

    def wanting(self, account: str, name: str) -> Collection[Subscription]:
        """Return the account's subscriptions to an event."""
        by_name = self._by_account.get(account)
        wanting = by_name.get(name) if by_name else None
        return wanting.values() if wanting else ()

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id, a disabled one too."""
        return self._by_id.get(id)
