"""Who hears an event: the address that its call's request or application gave, and the account's subscriptions.

Each hearer is asked for the callbacks that notify it; the publisher stores them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from api.callbacks.callback import Callback
from api.inbound import INBOUND_EVENTS, Inbound
from api.vendors.vendor import Vendor
from engine.events import CallEnded, Event
from engine.model.call_data import CallData
from engine.store import events
from engine.store.database import Database
from engine.store.events import StoredEvent


class Addressed(NamedTuple):
    """A callback to one subscriber ("": the address of the call's request or application), made in a dialect."""

    subscriber: str
    dialect: str
    callback: Callback


class Hearers(Protocol):
    """Some of those who hear events."""

    async def callbacks(self, stored: StoredEvent) -> Sequence[Addressed]:
        """Return the callbacks of an event; it may be asked again for one that could not be stored."""

    def published(self, published: Sequence[StoredEvent]) -> None:
        """Note that all callbacks of these events are stored."""


class RequestHearers:
    """The addresses that requests put on calls and tasks, and those of the applications of inbound calls."""

    def __init__(self, db: Database, vendors: Mapping[str, Vendor], inbound: Inbound) -> None:
        self._db, self._vendors, self._inbound = db, vendors, inbound
        self._before = 0  # the last event of earlier processes

    async def start(self) -> None:
        """Find the applications of the calls that are up; before the consumers start."""
        self._before = await self._db.read(events.last_position)
        await self._inbound.load()

    async def callbacks(self, stored: StoredEvent) -> Sequence[Addressed]:
        """Return what the dialect of the event's data makes of it; raises StoreError."""
        data = await self._data(stored)
        if data is None:
            return await self._notices(stored.event)
        if not data.address or (vendor := self._vendors.get(data.dialect)) is None:
            return ()
        callbacks = await vendor.callbacks(stored.event, data)
        return [Addressed("", data.dialect, callback) for callback in callbacks]

    async def _notices(self, event: Event) -> Sequence[Addressed]:
        """Return what dialects make of an event that belongs to no request."""
        return [
            Addressed("", vendor.name, callback)
            for vendor in self._vendors.values()
            if isinstance(event, vendor.notices)
            for callback in await vendor.callbacks(event, CallData(dialect=vendor.name))
        ]

    def published(self, published: Sequence[StoredEvent]) -> None:
        """Forget the applications of calls that have ended."""
        for stored in published:
            if isinstance(stored.event, CallEnded):
                self._inbound.forget(stored.event.subject)

    async def _data(self, stored: StoredEvent) -> CallData | None:
        """Return where an event's request or application wants it: nothing else reads an event's data for that."""
        event: Event = stored.event
        if event.data:
            return event.data
        if not isinstance(event, INBOUND_EVENTS):
            return None
        return await self._inbound.data(event, restarted=stored.position <= self._before)
