"""The connections that live sockets come by (Engine.IO: websockets, polling): how many there may be, and their end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import socketio
from aiohttp import web

from api.clients import Clients
from api.most_recent import MostRecent
from api.token_bucket import TokenBucket
from api.vendors.ringplan import errors

MOST = 2000
"""Connections at once."""
OPENED_BURST, OPENED_PER_SECOND = 50, 1.0
"""Connections that a client (by its address) may open at once, and how many more each second."""
LARGEST = 64 * 1024
"""Bytes of one message of a client."""


class Connections:
    """Those of a Socket.IO server, which is made here. `clock`: monotonic seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients, self._clock = clients, clock
        self._opened: MostRecent[str, TokenBucket] = MostRecent()
        self._seen: dict[str, float] = {}
        self._upgraded: dict[str, web.Request] = {}
        self.server = socketio.AsyncServer(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins="*",
            max_http_buffer_size=LARGEST,
            logger=False,
            engineio_logger=False,
        )

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a request of Engine.IO, of which a websocket is one and polling has many."""
        sid = request.query.get("sid", "")  # a blank one opens a connection as well
        if (sid not in self.server.eio.sockets) and (refused := self._refused(request)) is not None:
            return refused
        upgrades = sid in self.server.eio.sockets and _is_websocket(request)
        if upgrades:
            self._upgraded[sid] = request
        try:
            served: web.StreamResponse = await self.server.handle_request(request)
        finally:
            if upgrades:
                self._upgraded.pop(sid, None)
        return served

    def older(self, seconds: float) -> Iterator[str]:
        """Return the ids of the connections that were there at a call of this, so long ago or longer."""
        now = self._clock()
        self._seen = {id: self._seen.get(id, now) for id in self.server.eio.sockets}
        return (id for id, seen in self._seen.items() if now - seen >= seconds)

    def of(self, sid: str) -> str:
        """Return the id of the connection of a client of Socket.IO."""
        return str(self.server.manager.eio_sid_from_sid(sid, "/"))

    async def close(self, id: str) -> None:
        """Close a connection, whether or not its client wants that."""
        engine = self.server.eio
        websocket = self._upgraded.pop(id, None) or _websocket_of(self.server.environ.get(id))
        with suppress(Exception):
            await engine.sockets[id].close(wait=False, reason=self.server.reason.SERVER_DISCONNECT)
        engine.sockets.pop(id, None)
        if websocket is not None and websocket.transport is not None:
            websocket.transport.close()

    async def leave(self) -> None:
        """Close all: the process leaves."""
        for id in list(self.server.eio.sockets):
            await self.close(id)
        await self.server.shutdown()

    def _refused(self, request: web.Request) -> web.Response | None:
        if len(self.server.eio.sockets) >= MOST:
            return errors.render(503, "Too many clients are connected. Try again.")
        client, now = self._clients.of(request), self._clock()
        budget = self._opened.get(client) or self._opened.put(
            client, TokenBucket(now, most=OPENED_BURST, per_second=OPENED_PER_SECOND)
        )
        if budget.take(now):
            return None
        return errors.render(429, f"Too many sockets were opened; try again in {budget.seconds} s.")


def _websocket_of(environ: dict[str, Any] | None) -> web.Request | None:
    """Return the request by which a connection was opened, if that was a websocket's."""
    request: web.Request | None = environ["aiohttp.request"] if environ else None
    return request if request is not None and _is_websocket(request) else None


def _is_websocket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"
