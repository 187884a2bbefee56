"""Stores the SIP messages of calls in the background, and removes what is old or too much."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import msgspec
import structlog

from engine.features.sip_traces import store
from engine.features.sip_traces.collector import Collector, Part
from engine.features.sip_traces.listener import READ_SECONDS, Listener
from engine.features.sip_traces.masking import masked
from engine.features.sip_traces.model import TraceSettings
from engine.features.sip_traces.store import Chunk
from engine.platform.platform import Platform
from engine.store.errors import StoreError

log = structlog.get_logger(__name__)
AT_ONCE = 25
"""Parts that are masked and compressed together, in a thread."""
ROW_BYTES = 300
"""What a row takes besides its messages, with its places in three indexes."""
SWEEP_SECONDS = 60.0
ROWS_AT_ONCE = 500
"""Rows that one transaction deletes, at most: calls do not wait longer for theirs."""
HOUR_SECONDS = 3600.0
LEAVE_SECONDS = 3.0
"""How long the end waits for the store."""
UP_TO_DATE_SECONDS = 2.0
"""How long who looks at a trace waits at most until what has arrived is stored."""


class Recorder:
    """Runs from start() to stop(): reads, stores, sweeps."""

    def __init__(self, platform: Platform, settings: TraceSettings) -> None:
        self._database, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._settings = settings
        self.collector = Collector(time.monotonic)
        self.listener = Listener(settings.port, settings.password, self.collector.take, self.collector.lose)
        self._tasks: list[asyncio.Task[None]] = []
        self._wanted = asyncio.Event()
        self._stored = asyncio.Condition()
        self._passes = 0
        self._leaving = False

    async def start(self) -> None:
        """Begin. Without the port, calls go on and have no traces."""
        self._tasks = [asyncio.create_task(self._sweep_always(), name="sweep of SIP traces")]
        if not self._settings.on:
            return
        try:
            self.listener.start()
        except OSError as error:
            log.error(
                "SIP traces are off: the port cannot be opened. Set CARILLON_HEP_PORT to another one, and restart.",
                port=self._settings.port,
                error=error.strerror,
            )
            return
        self._tasks.append(asyncio.create_task(self._store_always(), name="SIP traces"))

    async def stop(self) -> None:
        """End; what has arrived is stored."""
        self._leaving = True
        self._wanted.set()
        if storing := self._tasks[1:]:
            await asyncio.wait(storing, timeout=LEAVE_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.listener.stop()
        self._tasks = []

    async def up_to_date(self) -> None:
        """Wait until what has arrived is stored, UP_TO_DATE_SECONDS at most."""
        if len(self._tasks) < 2:
            return
        wanted = self._passes + 2  # one may be under way
        try:
            async with asyncio.timeout(UP_TO_DATE_SECONDS), self._stored:
                while self._passes < wanted:
                    self._wanted.set()
                    await self._stored.wait()
        except TimeoutError:
            log.info("SIP messages that have just arrived are not yet stored.")

    async def sweep(self) -> None:
        """Remove what is older than the settings say, then the oldest of what is too much."""
        before = self._clock() - self._settings.hours * HOUR_SECONDS
        unit = partial(store.expire, before=before, most=ROWS_AT_ONCE)
        while await self._writer.write(unit, hurry=False) == ROWS_AT_ONCE:
            pass
        excess = await self._database.read(store.total) - int(self._settings.megabytes * 1_000_000)
        while excess > 0:
            gone = await self._writer.write(partial(store.shrink, excess=excess, most=ROWS_AT_ONCE), hurry=False)
            excess -= gone or excess

    async def _store_always(self) -> None:
        while not self._leaving:
            try:
                async with asyncio.timeout(READ_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            wanted = self._wanted.is_set()
            self._wanted.clear()
            await self._pass(at_once=wanted)
        await self._pass(at_once=True)  # what arrived until now

    async def _pass(self, *, at_once: bool) -> None:
        await self.listener.read()
        due = self.collector.due(at_once=at_once)
        for begin in range(0, len(due), AT_ONCE):
            await self._store(due[begin : begin + AT_ONCE])
        async with self._stored:
            self._passes += 1
            self._stored.notify_all()

    async def _store(self, parts: Sequence[Part]) -> None:
        chunks = await asyncio.to_thread(_chunks, parts, self._clock())
        try:
            await self._writer.write(partial(store.add, chunks=chunks), hurry=False)
        except StoreError as error:
            lost = sum(len(part.messages) for part in parts)
            self.collector.lose(lost)
            log.warning("SIP messages could not be stored.", messages=lost, error=str(error))

    async def _sweep_always(self) -> None:
        while True:
            try:
                await self.sweep()
            except StoreError as error:
                log.warning("SIP traces could not be swept.", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)


def _chunks(parts: Sequence[Part], now: float) -> list[Chunk]:
    return [_chunk(part, now) for part in parts]


def _chunk(part: Part, now: float) -> Chunk:
    """Pack what came; of a part whose messages were all left out `now` (Unix seconds) is the time."""
    messages = [msgspec.structs.replace(one, content=masked(one.content)) for one in part.messages]
    content = store.packed(messages)
    return Chunk(
        call=part.call,
        sip_call_id=part.sip_call_id,
        at=messages[0].at if messages else now,
        size=len(content) + ROW_BYTES,
        left_out=part.left_out,
        gap=part.gap,
        messages=content,
    )
