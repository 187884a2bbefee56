"""Subscriptions in memory, by account and by the names of events: an event that none wants costs two look-ups."""

from collections.abc import Iterable, Mapping, Sequence

from engine.features.subscriptions.catalogue import meant
from engine.features.subscriptions.model import Subscription

_ByName = Mapping[str, Sequence[Subscription]]
_NONE: _ByName = {}


class SubscriptionIndex:
    """What subscribes to what. A change replaces one account's part."""

    def __init__(self) -> None:
        self._own: dict[str, Sequence[Subscription]] = {}
        self._by_account: dict[str, _ByName] = {}
        self._by_id: dict[str, Subscription] = {}

    def load(self, found: Iterable[Subscription]) -> None:
        """Take the subscriptions of all accounts."""
        by_account: dict[str, list[Subscription]] = {}
        for subscription in found:
            by_account.setdefault(subscription.account, []).append(subscription)
        self._own, self._by_account, self._by_id = {}, {}, {}
        for account, own in by_account.items():
            self.replace(account, own)

    def replace(self, account: str, own: Sequence[Subscription]) -> None:
        """Take an account's subscriptions, in place of those that it had."""
        for former in self._own.get(account, ()):
            self._by_id.pop(former.id, None)
        self._own[account] = own
        self._by_id |= {subscription.id: subscription for subscription in own}
        by_name: dict[str, list[Subscription]] = {}
        for subscription in own:
            for name in () if subscription.disabled else meant(subscription.events):
                by_name.setdefault(name, []).append(subscription)
        self._by_account[account] = by_name

    def wanting(self, account: str, name: str) -> Sequence[Subscription]:
        """Return the account's subscriptions to an event, the oldest first."""
        return self._by_account.get(account, _NONE).get(name, ())

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id, a disabled one too."""
        return self._by_id.get(id)
