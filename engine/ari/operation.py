"""What playbacks and recordings have in common: they start, they end, they are stopped, and events can be missed."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, ClassVar

import structlog

from engine.ari import generated as ari
from engine.ari.bus import Bus, Nudged, Resumed
from engine.ari.errors import AriError, AriNotFound, AriUnreachable
from engine.ari.requests import settled, undone
from engine.ari.targets import Finished

# Events were missed and Asterisk did not answer when asked: ask again after this long.
CHECK_AGAIN_SECONDS = 5.0

log = structlog.get_logger()


class Operation(ABC):
    """One playback or recording, followed from before it was asked for. Its waits have one caller at a time."""

    types: ClassVar[tuple[type, ...]]
    ends_within: ClassVar[float]
    """Seconds that its last event may take after a stop or after the end of its channel."""

    def __init__(self, bus: Bus, id: str, *others: str) -> None:
        """Follows `id` and the channels and bridges that end it, `others`, from now on."""
        self.id = id
        self._subscription = bus.subscribe(id, *others, types=self.types)
        self._begun = False
        self._stopped = False
        self._gone = False
        self._doubtful = False
        self._finished: Finished | None = None

    async def begin(self, request: Coroutine[Any, Any, None]) -> None:
        """Asks Asterisk for it. Raises the AriErrors; refused, it has finished."""
        try:
            await settled(request, f"ari: begin {self.id}")
        except AriUnreachable:  # it may run all the same
            raise
        except AriError:
            self._finish("failed")
            raise

    async def started(self) -> bool:
        """Waits until it started; False when it ended without. "Started" is not "audible": that may take longer."""
        while not self._begun and self._finished is None:
            await self._advance()
        return self._begun

    async def finished(self) -> Finished:
        """Waits until it ended."""
        while self._finished is None:
            await self._advance()
        return self._finished

    async def stop(self) -> Finished:
        """Stops it and waits for its end, a bounded time. Stopping what ended is harmless."""
        if self._finished is None:
            await self._undo()
            await self._last_event()
        return await self.finished()

    async def ask_to_stop(self) -> None:
        """Asks for its end and does not wait: who waits in finished() sees it. Harmless for what ended."""
        if self._finished is None:
            await self._undo()

    async def leave(self) -> None:
        """Stops it, and waits for its end only where there was something to stop."""
        if self._finished is None and await self._undo():
            await self._last_event()

    async def _undo(self) -> bool:
        self._stopped = True
        return await undone(self._ask_stop(), "a playback or recording could not be stopped", id=self.id)

    async def check(self) -> None:
        """Asks Asterisk how it is. What Asterisk does not know any more has ended."""
        try:
            begun, state = await self._fetch()
        except AriNotFound:
            self._finish("done", unseen=True)
        except AriError as error:
            self._doubtful = True
            log.warning("a playback or recording could not be looked up; asking again", id=self.id, reason=str(error))
        else:
            self._doubtful = False
            self._begun = self._begun or begun
            if state in ("done", "failed", "canceled"):
                self._finish("done" if state == "done" else "failed", unseen=True)

    @property
    def unseen(self) -> bool:
        """Whether Asterisk knew nothing of it when it was looked up."""
        return self._finished is not None and self._finished.unseen

    def close(self) -> None:
        """Stops following it."""
        self._subscription.close()

    async def _advance(self) -> None:
        """Takes one event in."""
        try:
            event = await self._subscription.next(CHECK_AGAIN_SECONDS if self._doubtful else None)
        except TimeoutError:
            await self.check()
            return
        if isinstance(event, Resumed | Nudged):
            await self.check()
        elif self._ended_with(event):
            self._gone = True
            await self._last_event()
        else:
            self._take(event)

    async def _last_event(self) -> None:
        """Gives the last event its time; without one it has failed."""
        try:
            async with asyncio.timeout(self.ends_within):
                while self._finished is None:
                    self._take(await self._subscription.next())
        except TimeoutError:
            log.warning("the end of a playback or recording was not reported", id=self.id)
            self._finish("failed")

    def _finish(self, state: str, *, unseen: bool = False, cause: str | None = None) -> None:
        self._finished = Finished(
            state="done" if state == "done" else "failed",
            stopped=self._stopped,
            gone=self._gone,
            unseen=unseen,
            cause=cause,
        )

    @abstractmethod
    def _take(self, event: Any) -> None:
        """Keeps what the event says."""

    @abstractmethod
    def _ended_with(self, event: ari.AnyEvent) -> bool:
        """Whether the event is the end of the channel or bridge that it is on."""

    @abstractmethod
    async def _ask_stop(self) -> None:
        """Sends the request that stops it."""

    @abstractmethod
    async def _fetch(self) -> tuple[bool, str]:
        """Whether it began, and Asterisk's word for its state. Raises AriNotFound when it ended."""
