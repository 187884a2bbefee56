"""Turns events into deliveries, each once, behind a durable cursor."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from api.callbacks.callback import Callback, host_of
from api.callbacks.delivery import Delivery
from api.inbound import INBOUND_EVENTS, Inbound
from api.vendors.vendor import Vendor
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.store import deliveries, events
from engine.store.database import Database
from engine.store.deliveries import DeliveryRow
from engine.store.errors import Fenced, StoreClosed, StoreUnavailable
from engine.store.events import StoredEvent
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
CURSOR = "publisher"
SCANNED_AT_ONCE = 500
SECONDS_OF_CURSOR = 1.0
SECONDS_AFTER_ACCIDENT = 1.0
T = TypeVar("T")


class Publisher:
    """Fed with what was committed; owns one task, which sleeps while nothing comes.

    An event may be looked at twice (after a restart); its deliveries are unique by event and part.
    Start order: Publisher, then Delivery, then what makes events; stop in the opposite order.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        vendors: Mapping[str, Vendor],
        inbound: Inbound,
        delivery: Delivery,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._writer, self._vendors = db, writer, vendors
        self._inbound, self._delivery, self._clock = inbound, delivery, clock
        self._fed: list[StoredEvent] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._busy = False
        self._seen = 0  # the last event that was looked at
        self._saved = 0  # the cursor as written
        self._task: asyncio.Task[None] | None = None

    def feed(self, committed: list[StoredEvent]) -> None:
        """Take events just committed, in their order: the Writer's `on_events`."""
        self._fed.extend(committed)
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether everything that was fed is published."""
        return not self._fed and not self._busy

    async def start(self) -> None:
        """Publish what was committed and not published when the last process ended; then go on with what is fed."""
        self._seen = self._saved = await self._db.read(lambda conn: deliveries.cursor(conn, CURSOR))
        while found := await self._db.read(lambda conn: events.after(conn, self._seen, SCANNED_AT_ONCE)):
            await self._publish(found, restarted=True)
        await self._inbound.load()
        self._task = asyncio.create_task(self._run(), name="publish callbacks")

    async def stop(self) -> None:
        """Publish what was fed, then end."""
        self._stopping = True
        self._wake.set()
        if self._task:
            await asyncio.wait((self._task,), timeout=SECONDS_AFTER_ACCIDENT * 5)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while not (self._stopping and not self._fed and self._saved == self._seen):
                await self._woken()
                taken, self._fed, self._busy = self._fed, [], True
                await self._publish([stored for stored in taken if stored.position > self._seen])
                self._busy = False
        except Fenced:
            log.warning("publishing ends here: another controller writes now")
        except StoreClosed:
            log.warning("publishing ends here: the store was stopped; the rest is published after the next start")

    async def _woken(self) -> None:
        """Wait for events; no longer than a second while the cursor is behind."""
        if not self._fed and not self._stopping:
            try:
                async with asyncio.timeout(SECONDS_OF_CURSOR if self._saved < self._seen else None):
                    await self._wake.wait()
            except TimeoutError:
                await self._write([], self._seen)
        self._wake.clear()

    async def _publish(self, batch: Sequence[StoredEvent], *, restarted: bool = False) -> None:
        rows: list[DeliveryRow] = []
        for stored in batch:
            rows += await self._rows(stored, restarted)
        last = batch[-1].position if batch else self._seen
        if rows or self._stopping or restarted:
            await self._until_stored(lambda: self._write(rows, last))
        self._seen = last
        if rows and not restarted:
            self._delivery.add(rows)

    async def _until_stored(self, step: Callable[[], Awaitable[T]]) -> T:
        """Try again while the database is away: what was committed must be told."""
        while True:
            try:
                return await step()
            except StoreUnavailable:
                log.warning("the database is away; callbacks wait for it")
                await asyncio.sleep(SECONDS_AFTER_ACCIDENT)

    async def _rows(self, stored: StoredEvent, restarted: bool) -> list[DeliveryRow]:
        event = stored.event
        data = event.data
        if data is None and isinstance(event, INBOUND_EVENTS):
            data = await self._until_stored(lambda: self._inbound.data(event, restarted=restarted))
        if data is None or not data.address:
            return []
        vendor = self._vendors.get(data.dialect)
        if vendor is None:
            return []
        try:
            callbacks = await self._until_stored(lambda: vendor.callbacks(event, data))
        except Exception:
            log.exception("an event could not be turned into its callbacks", event_id=event.id, dialect=data.dialect)
            return []
        return [self._row(stored, data, part, callback) for part, callback in enumerate(callbacks)]

    def _row(self, stored: StoredEvent, data: CallData, part: int, callback: Callback) -> DeliveryRow:
        event, now = stored.event, self._clock()
        return DeliveryRow(
            id=new_id("delivery"),
            event=event.id,
            part=part,
            position=stored.position,
            account=event.account,
            root=event.root,
            subject=event.subject,
            dialect=data.dialect,
            host=host_of(callback.url),
            url=callback.url,
            fallback=callback.fallback,
            body=callback.body,
            content_type=callback.content_type,
            state="pending",
            due=now,
            created=now,
        )

    async def _write(self, rows: Sequence[DeliveryRow], last: int) -> None:
        def write(conn: Connection) -> None:
            for row in rows:
                deliveries.add(conn, row)
            deliveries.set_cursor(conn, CURSOR, last)

        await self._writer.write(write)
        self._saved = last
