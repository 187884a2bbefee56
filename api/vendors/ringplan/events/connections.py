"""The connections that live sockets come by (Engine.IO: websockets, polling): what clients may do, and their end.

What the libraries leave open is limited here: the packets that a client sends and those that it does not take, parallel
upgrades, and what cannot be read as a packet.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import socketio
import structlog
from aiohttp import web

from api.clients import Clients
from api.most_recent import MostRecent
from api.token_bucket import TokenBucket
from api.vendors.ringplan import errors

log = structlog.get_logger(__name__)
MOST = 2000
"""Connections at once."""
OPENED_BURST, OPENED_PER_SECOND = 50, 1.0
"""Connections that a client (by its address) may open at once, and how many more each second."""
LARGEST = 64 * 1024
"""Bytes of one message of a client."""
SENT_BURST, SENT_PER_SECOND = 100, 10.0
"""Packets that a client may send at once, and how many more each second; the connection of one that sends more ends."""
MOST_WAITING = 1000
"""Packets that wait for a client that does not take them; its connection ends with the next one."""
_PACKET = re.compile(r"[0-4]")
"""How one begins (Socket.IO protocol 5): CONNECT to CONNECT_ERROR. Those with binary attachments are not taken."""
_SILENT = logging.getLogger(f"{__name__}.libraries")
_SILENT.setLevel(logging.CRITICAL + 1)


class _Waiting(asyncio.Queue[Any]):
    """What waits for a client. What is too much is dropped, and `overflowed`: the connection is to end."""

    overflowed = False

    async def put(self, item: Any) -> None:
        """Put a packet, or None for the end, which always has a place."""
        if item is not None and self.qsize() >= MOST_WAITING:
            self.overflowed = True
            return
        await super().put(item)


class Connections:
    """Those of a Socket.IO server, which is made here. `clock`: monotonic seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients, self._clock = clients, clock
        self._opened: MostRecent[str, TokenBucket] = MostRecent()
        self._seen: dict[str, float] = {}
        self._upgraded: dict[str, web.Request] = {}
        self._sent: dict[str, TokenBucket] = {}
        self.server = socketio.AsyncServer(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins="*",
            max_http_buffer_size=LARGEST,
            logger=_SILENT,
            engineio_logger=_SILENT,
        )
        self._handle: Callable[[str, Any], Awaitable[None]] = self.server.eio.handlers["message"]
        self.server.eio.on("message", self._received)
        self.server.eio.create_queue = _Waiting

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a request of Engine.IO, of which a websocket is one and polling has many."""
        sid = request.query.get("sid", "")  # a blank one opens a connection as well
        known = sid in self.server.eio.sockets
        if not known and (refused := self._refused(request)) is not None:
            return refused
        upgrades = known and _is_websocket(request)
        if upgrades and sid in self._upgraded:
            return errors.render(400, "The connection is upgraded already.")
        if known and request.method == "POST" and not await self._may_send(sid, request):
            return errors.render(429, "Too many packets were sent; connect again.")
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
        self._sent = {id: bucket for id, bucket in self._sent.items() if id in self._seen}
        return (id for id, seen in self._seen.items() if now - seen >= seconds)

    def of(self, sid: str) -> str:
        """Return the id of the connection of a client of Socket.IO."""
        return str(self.server.manager.eio_sid_from_sid(sid, "/"))

    def overflowed(self) -> list[str]:
        """Return the ids of the connections whose clients do not take what is sent."""
        return [id for id, each in self.server.eio.sockets.items() if each.queue.overflowed]

    async def emit(self, name: str, data: dict[str, Any], sid: str) -> None:
        """Send an event to a client of Socket.IO, or end its connection if it has not taken too many."""
        engine = self.server.eio.sockets.get(self.of(sid))
        await self.server.emit(name, data, to=sid)
        if engine is not None and engine.queue.overflowed:
            log.warning("A live socket does not take what is sent.", waiting=engine.queue.qsize())
            await self.close(engine.sid)

    async def close(self, id: str) -> None:
        """Close a connection, whether or not its client wants that."""
        engine = self.server.eio
        websocket = self._upgraded.pop(id, None) or _websocket_of(self.server.environ.get(id))
        with suppress(Exception):
            await engine.sockets[id].close(wait=False, reason=self.server.reason.SERVER_DISCONNECT)
        engine.sockets.pop(id, None)
        if websocket is not None and websocket.transport is not None:
            websocket.transport.abort()  # if the peer reads nothing, closing would never end

    async def leave(self) -> None:
        """Close all: the process leaves."""
        for id in list(self.server.eio.sockets):
            await self.close(id)
        await self.server.shutdown()

    async def _received(self, id: str, packet: object) -> None:
        """Handle a packet of a client; the connection of one that sends too many, or something else, ends."""
        environ = self.server.environ.get(id)
        if environ is None or not await self._may_send(id, environ["aiohttp.request"]):
            return
        try:
            if not isinstance(packet, str) or not _PACKET.match(packet):
                raise ValueError("It is not a packet of Socket.IO.")
            await self._handle(id, packet)
        except Exception as error:
            log.info("A live socket sent what cannot be handled.", error=str(error)[:200])
            await self.close(id)

    async def _may_send(self, id: str, request: web.Request) -> bool:
        """Count a packet, or a request with packets; if there are too many, end the connection."""
        now = self._clock()
        bucket = self._sent.get(id)
        if bucket is None:
            bucket = self._sent[id] = TokenBucket(now, most=SENT_BURST, per_second=SENT_PER_SECOND)
        if bucket.take(now):
            return True
        log.warning("A live socket sends too much.", client=self._clients.of(request))
        await self.close(id)
        return False

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
