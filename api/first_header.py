"""A new connection until the header of its first request is complete.

A client that sends half a header must cost next to nothing: no parser, no task, none of the hundred objects that
aiohttp makes for a connection and the garbage collector visits again and again. So the bytes are collected here until
there is a request; then aiohttp's handler takes the connection over.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast

from api.connections import Connections

MOST_BYTES = 16_384
"""A header of more bytes is passed on incomplete: the handler's parser has the limits and the errors."""


class Handler(Protocol):
    """The protocol that takes a connection over, which is one of the open connections."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start with the transport."""

    def data_received(self, data: bytes) -> None:
        """Process received bytes."""

    def drop(self) -> None:
        """Close the connection at once."""


class FirstHeader(asyncio.Protocol):
    """Collects bytes until they are a complete header, or cannot become one, and passes them to a handler of `make`.

    A client with too many connections gets a 503; one whose header does not arrive in time gets a 408, or no answer if
    it never sent a byte.
    """

    __slots__ = ("_connections", "_late", "_loop", "_make", "_read", "_transport")

    def __init__(self, connections: Connections, make: Callable[[], Handler], loop: asyncio.AbstractEventLoop) -> None:
        self._connections, self._make, self._loop = connections, make, loop
        self._read = bytearray()
        self._late: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start, or refuse the connection if there are too many."""
        peer = transport.get_extra_info("peername")
        if not self._connections.admit(self, str(peer[0]) if peer else "", self._loop.time()):
            _turn_away(cast(asyncio.Transport, transport))
            return
        self._transport = cast(asyncio.Transport, transport)
        self._late = self._loop.call_later(self._connections.limits.header_seconds, self._too_late)

    def data_received(self, data: bytes) -> None:
        """Collect bytes; pass the connection on when the header is complete."""
        if self._transport is None:
            return
        looked_at = max(0, len(self._read) - 2)
        self._read += data
        if self._is_for_the_handler(looked_at):
            self._hand_over(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection from the open ones."""
        self._forget()

    def drop(self) -> None:
        """Close the connection in favour of another one."""
        transport = self._transport
        self._forget()
        if transport is not None:
            transport.abort()

    def _is_for_the_handler(self, since: int) -> bool:
        """Return whether the header is complete, or is not one: it does not begin with a letter, or is too long."""
        if self._read.find(b"\n\r\n", since) >= 0 or self._read.find(b"\n\n", since) >= 0:
            return True
        return len(self._read) > MOST_BYTES or not self._read[:1].isalpha()

    def _hand_over(self, transport: asyncio.Transport) -> None:
        self._stop_waiting()
        self._transport = None
        handler = self._make()
        self._connections.replace(self, handler)
        limit_unread(transport, self._connections.limits.unread_seconds)
        transport.set_protocol(cast(asyncio.BaseProtocol, handler))
        handler.connection_made(transport)
        handler.data_received(bytes(self._read))

    def _too_late(self) -> None:
        transport, seconds = self._transport, self._connections.limits.header_seconds
        self._forget()
        if transport is not None:
            if self._read:
                transport.write(too_late(seconds))
            transport.close()

    def _forget(self) -> None:
        self._stop_waiting()
        self._transport = None
        self._connections.gone(self)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def too_late(seconds: float) -> bytes:
    """Return the response for a header that was not complete after so many seconds."""
    return _bare(408, "Request Timeout", f"The header did not arrive within {seconds:g} seconds.")


def limit_unread(transport: asyncio.BaseTransport, seconds: float) -> None:
    """Let the kernel end a connection whose client receives nothing for so long (tcp(7), TCP_USER_TIMEOUT)."""
    with suppress(OSError):  # the connection is closed already
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


def _turn_away(transport: asyncio.Transport) -> None:
    transport.write(_bare(503, "Service Unavailable", "There are too many connections; try again.", "Retry-After: 1"))
    transport.close()


def _bare(status: int, reason: str, sentence: str, *headers: str) -> bytes:
    """Return a response as bytes, for a connection without a request."""
    lines = [f"HTTP/1.1 {status} {reason}", "Content-Type: text/plain; charset=utf-8", "Connection: close", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(sentence)}", "", sentence]).encode()
