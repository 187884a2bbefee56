"""Turns events into deliveries, each once, behind a durable cursor."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from api.callbacks.audience import Addressed, Hearers
from api.callbacks.callback import host_of
from api.callbacks.delivery import Delivery
from engine.events import Event
from engine.features.errors import StoreError
from engine.ids import new_id
from engine.platform.consumers import Done
from engine.store import deliveries
from engine.store.deliveries import DeliveryRow
from engine.store.events import StoredEvent
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
STORED_TOGETHER = 500
"""How many deliveries are stored in one transaction, at most: calls wait for it."""


class Publisher:
    """A consumer of all events (engine.platform.consumers). It asks the hearers, in their order.

    An event may be looked at twice; its deliveries are unique by event, subscriber and part.
    Start order: Delivery, then the consumers, then what makes events; stop in the opposite order.
    """

    name = "publisher"
    kinds = None

    def __init__(
        self,
        writer: Writer,
        audience: Sequence[Hearers],
        delivery: Delivery,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._writer, self._audience, self._delivery, self._clock = writer, audience, delivery, clock

    async def handle(self, events: Sequence[StoredEvent], done: Done) -> None:
        """Store the deliveries of events and hand them over; without any, the cursor may follow later.

        Where there are many they are stored in several transactions: the cursor follows with the last one.
        """
        rows: list[DeliveryRow] = []
        for stored in events:
            rows += await self._rows(stored)
            while len(rows) > STORED_TOGETHER:
                await self._store(rows[:STORED_TOGETHER])
                del rows[:STORED_TOGETHER]
        if rows:
            await self._store(rows, done)
        for hearers in self._audience:
            hearers.published(events)

    async def _store(self, rows: Sequence[DeliveryRow], done: Done | None = None) -> None:
        """Store deliveries, and hand over those that were not there before."""

        def write(conn: Connection) -> list[DeliveryRow]:
            added = [row for row in rows if deliveries.add(conn, row)]
            if done is not None:
                done(conn)
            return added

        self._delivery.add(await self._writer.write(write))

    async def _rows(self, stored: StoredEvent) -> list[DeliveryRow]:
        rows: list[DeliveryRow] = []
        for hearers in self._audience:
            addressed = await self._addressed(hearers, stored)
            parts: Counter[str] = Counter()
            for each in addressed:
                rows.append(row_of(stored.event, stored.position, parts[each.subscriber], each, self._clock()))
                parts[each.subscriber] += 1
        return rows

    async def _addressed(self, hearers: Hearers, stored: StoredEvent) -> Sequence[Addressed]:
        """Ask for an event's callbacks; what goes wrong with one event must not hold up the others."""
        try:
            return await hearers.callbacks(stored)
        except StoreError:
            raise
        except Exception:
            log.exception("an event could not be turned into its callbacks", event_id=stored.event.id)
            return ()


def row_of(event: Event, position: int, part: int, addressed: Addressed, now: float) -> DeliveryRow:
    """Return the delivery of an event's callback, its part among those to one subscriber."""
    callback = addressed.callback
    return DeliveryRow(
        id=new_id("delivery"),
        event=event.id,
        subscriber=addressed.subscriber,
        part=part,
        position=position,
        account=event.account,
        root=event.root,
        subject=event.subject,
        dialect=addressed.dialect,
        host=host_of(callback.url),
        url=callback.url,
        fallback=callback.fallback,
        body=callback.body,
        content_type=callback.content_type,
        due=now,
        created=now,
    )
