"""The rest of a body that was refused: read and thrown away, so that its sender sees the response.

If a connection with unread data is closed, the kernel resets it and the response may be lost (RFC 9112 §9.6; nginx
calls this a lingering close). The rest is read into one buffer that all such connections share, a piece at a time:
megabytes that are discarded must not delay calls.
"""

import asyncio

from aiohttp import web

from api.connections import Connections, Wait

SMALL = 65_536
"""Bytes: a body that has at most so many is left to aiohttp, which keeps the connection for the next request."""
PIECE = 65_536
PAUSE_SECONDS = 0.01
"""After each piece, so a connection is read at 6.5 MB/s at most."""
_buffer = bytearray(PIECE)


def is_left(request: web.BaseRequest) -> bool:
    """Return whether a large part of a request's body may be unread."""
    length = request.content_length
    return not request.content.is_eof() and (length is None or length > SMALL)


class Discarding(asyncio.BufferedProtocol):
    """Owns a connection whose response was sent: it ends when the client ends it, or after `discard_seconds`."""

    __slots__ = ("_connections", "_end", "_loop", "_next", "_transport")

    def __init__(self, connections: Connections, loop: asyncio.AbstractEventLoop) -> None:
        self._connections, self._loop = connections, loop
        self._transport: asyncio.Transport | None = None
        self._next: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None

    def take_over(self, transport: asyncio.Transport) -> None:
        """Take a connection over from the protocol that it has."""
        self._transport = transport
        self._connections.waits(self, Wait.BODY)
        transport.pause_reading()  # a transport asks for the kind of its protocol when it begins to read
        transport.set_protocol(self)
        if transport.can_write_eof():
            transport.write_eof()
        self._end = self._loop.call_later(self._connections.limits.discard_seconds, transport.close)
        transport.resume_reading()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where the next piece goes: over the one before."""
        return memoryview(_buffer)

    def buffer_updated(self, nbytes: int) -> None:
        """Let the others have their turn before the next piece."""
        if self._transport is not None:
            self._transport.pause_reading()
            self._next = self._loop.call_later(PAUSE_SECONDS, self._go_on)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.gone(self)
        self._transport = None
        for timer in (self._next, self._end):
            if timer is not None:
                timer.cancel()

    def drop(self) -> None:
        """Close the connection for another one."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

