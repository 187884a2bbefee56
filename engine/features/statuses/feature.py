"""Statuses of users."""

from sqlalchemy import Connection

from engine.features.messaging.feature import MessagingFeature
from engine.features.statuses import store
from engine.features.statuses.events import UserStatusChanged
from engine.features.statuses.service import UNSET, UserStatuses
from engine.features.statuses.tables import user_statuses
from engine.platform.catalogue import Entry, only
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class StatusesFeature(Feature):
    """The statuses of users. `messaging` knows which phones are registered."""

    name = "statuses"
    events = (UserStatusChanged,)
    announces = (
        Entry("user.status", UserStatusChanged, only("status_id", "email", "status", "set_by"), subject="user"),
    )
    tables = (user_statuses,)

    def __init__(self, platform: Platform, messaging: MessagingFeature) -> None:
        self._statuses = UserStatuses(platform, messaging.is_registered)
        self.services = (self._statuses,)
        self.consumers = (self._statuses,)
        self.timers = {UNSET: Timer(self._statuses.unset_due, at_once=5)}
        messaging.on_registration(self._statuses.phone_changed)
        platform.on_refresh(self._statuses.settings_changed)

    def forget_person(self, conn: Connection, account: str, user: str) -> None:
        """The status of a user who is removed."""
        store.delete(conn, user)

    async def start(self) -> None:
        """Follow what phones say."""
        await self._statuses.start()

    async def stop(self) -> None:
        """Follow it no more."""
        await self._statuses.stop()
