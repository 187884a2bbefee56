"""Subscriptions: who hears what happens in an account, by webhook, mail or socket."""

from collections.abc import Callable

from engine.features.subscriptions.live import LiveEvents
from engine.features.subscriptions.log import EventLog
from engine.features.subscriptions.service import SubscriptionService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class SubscriptionsFeature(Feature):
    """The subscriptions of accounts. `check_url` raises ValueError for a URL that cannot be notified; `mails`: whether
    this installation sends mail.
    """

    name = "subscriptions"
    tables = (tables.subscriptions,)

    def __init__(self, platform: Platform, check_url: Callable[[str], object], *, mails: bool) -> None:
        db, writer = platform.database, platform.writer
        self._service = SubscriptionService(db, writer, platform.catalogue, check_url, seal=platform.seal, mails=mails)
        live = LiveEvents(platform.catalogue)
        platform.on_commit(live.feed)
        self._cache = platform.cache
        platform.on_refresh(lambda: self._service.index.keep(self._is_open))
        self.services = (self._service, live, EventLog(db, platform.catalogue))

    async def start(self) -> None:
        """Read all subscriptions."""
        await self._service.load()

    def _is_open(self, account: str) -> bool:
        found = self._cache.find(account)
        return found is not None and found.closed is None
