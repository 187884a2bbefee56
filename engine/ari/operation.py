"""The common part of playbacks and recordings: start, end, stop, and what to do about missed events."""

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

# After missed events the state is requested; if that fails, the request is repeated after this many seconds.
CHECK_AGAIN_SECONDS = 5.0

log = structlog.get_logger()


class Operation(ABC):
    """One playback or recording, followed from before its request. Only one caller may wait on it at a time."""

    types: ClassVar[tuple[type, ...]]
    ends_within: ClassVar[float]
    """Seconds to wait for its last event after a stop or after the end of its channel."""

    def __init__(self, bus: Bus, id: str, *others: str) -> None:
        """Follows, from now on, `id` and the channels and bridges whose end is its end, `others`."""
        self.id = id
        self._subscription = bus.subscribe(id, *others, types=self.types)
        self._begun = False
        self._stopped = False
        self._gone = False
        self._doubtful = False
        self._finished: Finished | None = None

    async def begin(self, request: Coroutine[Any, Any, None]) -> None:
        """Sends the request that begins it. Raises AriError; if it was refused, it has finished."""
        try:
            await settled(request, f"ari: begin {self.id}")
        except AriUnreachable:  # it may have begun nevertheless
            raise
        except AriError:
            self._finish("failed")
            raise

    async def started(self) -> bool:
        """Waits until it started; returns False if it ended before. Audio may begin later than the start."""
        while not self._begun and self._finished is None:
            await self._advance()
        return self._begun

    async def finished(self) -> Finished:
        """Waits until it ended."""
        while self._finished is None:
            await self._advance()
        return self._finished

    async def stop(self) -> Finished:
        """Stops it and waits for its end, for a limited time. Harmless if it has ended."""
        if self._finished is None:
            await self._undo()
            await self._last_event()
        return await self.finished()

    async def ask_to_stop(self) -> None:
        """Requests its end and does not wait; finished() returns when it ends. Harmless if it has ended."""
        if self._finished is None:
            await self._undo()

    async def leave(self) -> None:
        """Stops it, and waits for its end only if there was something to stop."""
        if self._finished is None and await self._undo():
            await self._last_event()

    async def _undo(self) -> bool:
        self._stopped = True
        return await undone(self._ask_stop(), "a playback or recording could not be stopped", id=self.id)

    async def check(self) -> None:
        """Requests its state from Asterisk. If Asterisk does not know it, it has ended."""
        try:
            begun, state = await self._fetch()
        except AriNotFound:
            self._finish("done", unseen=True)
        except AriError as error:
            self._doubtful = True
            log.warning("the state of a playback or recording is unknown; asking again", id=self.id, reason=str(error))
        else:
            self._doubtful = False
            self._begun = self._begun or begun
            if state in ("done", "failed", "canceled"):
                self._finish("done" if state == "done" else "failed", unseen=True)

    @property
    def unseen(self) -> bool:
        """Whether Asterisk did not know it when its state was requested."""
        return self._finished is not None and self._finished.unseen

    def close(self) -> None:
        """Stops following it."""
        self._subscription.close()

    async def _advance(self) -> None:
        """Updates the state by one event."""
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
        """Waits for the last event, for a limited time; without one the state is "failed"."""
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
        """Takes the state from the event."""

    @abstractmethod
    def _ended_with(self, event: ari.AnyEvent) -> bool:
        """Returns whether the event is the end of its channel or bridge."""

    @abstractmethod
    async def _ask_stop(self) -> None:
        """Sends the request that stops it."""

    @abstractmethod
    async def _fetch(self) -> tuple[bool, str]:
        """Returns whether it began, and Asterisk's name of its state. Raises AriNotFound if it has ended."""
