"""A client of RingPlan's live events as its document describes it: python-socketio, unchanged."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import socketio

LIMIT_SECONDS = 10.0


class Live:
    """One socket. A context manager; it authenticates only when told to."""

    def __init__(self, base: str, *, transports: Sequence[str] = ("websocket",), path: str = "/ws/") -> None:
        self._base, self._transports, self._path = base, tuple(transports), path
        self.received: list[tuple[str, Any]] = []
        self.closed = asyncio.Event()
        self._news = asyncio.Condition()
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("*", self._event)
        self.client.on("disconnect", self._disconnected)

    async def __aenter__(self) -> Self:
        await self.client.connect(self._base, socketio_path=self._path, transports=list(self._transports))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._transports == ("polling",):  # by polling this client waits for the answer to its last request
            await self.client.eio.disconnect(abort=True)
        else:
            await self.client.disconnect()

    async def authenticate(self, token: str, **more: str) -> tuple[str, Any]:
        """Authenticate; returns the answer: `authenticated` or `unauthorized`, with its data."""
        had = len(self.received)
        await self.client.emit("authenticate", {"token": token, **more})
        return await self.until("authenticated", "unauthorized", after=had)

    async def until(self, *names: str, after: int = 0) -> tuple[str, Any]:
        """Wait for the first event of these names, those before `after` left out."""

        def found() -> tuple[str, Any] | None:
            return next((each for each in self.received[after:] if each[0] in names), None)

        async with asyncio.timeout(LIMIT_SECONDS), self._news:
            await self._news.wait_for(lambda: found() is not None)
        event = found()
        assert event is not None
        return event

    def of(self, name: str) -> list[Any]:
        """The data of all events of a name, in order."""
        return [data for each, data in self.received if each == name]

    async def _event(self, name: str, *data: Any) -> None:
        async with self._news:
            self.received.append((name, data[0] if data else None))
            self._news.notify_all()

    async def _disconnected(self, *_: object) -> None:
        self.closed.set()
