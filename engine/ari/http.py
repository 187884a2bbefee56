"""HTTP/1.1 to Asterisk's own server: kept-alive connections, one request in flight on each.

Every call needs several requests. One costs 0.06 ms of CPU time here and about 0.12 ms with aiohttp (one in flight).
What is left out is what Asterisk's ARI never does: redirects, cookies, compression, TLS, chunked answers.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

_HEAD_END = b"\r\n\r\n"
_REPEATABLE = frozenset(("GET", "PUT", "DELETE"))  # RFC 9110 §9.2.2
LARGEST_HEAD = 65536


class Lost(ConnectionError):
    """The connection was lost before its answer. `clean`: nothing of an answer had come on a connection used before."""

    def __init__(self, reason: str, *, clean: bool = False) -> None:
        super().__init__(reason)
        self.clean = clean


class _Wire(asyncio.Protocol):
    """One connection. `idle_since` is in the loop's time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.idle_since = 0.0
        self.closed = False
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""
        self._used = False

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Send a request; its status and body come in the future, which fails with Lost."""
        assert self._transport and self._answer is None
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """Close it; whoever waits gets Lost."""
        self.closed = True
        if self._transport:
            self._transport.close()
        self._fail("the connection was closed")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(str(exc) if exc else "Asterisk closed the connection")

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        end = self._received.find(_HEAD_END)
        if end < 0:
            if len(self._received) > LARGEST_HEAD:
                self._fail("the answer's head does not end")
                self.close()
            return
        try:
            status, length, last = _head(self._received[:end])
        except ValueError as error:
            self._fail(f"the answer is not understood: {error}")
            self.close()
            return
        body_at = end + len(_HEAD_END)
        if len(self._received) < body_at + length:
            return
        body, self._received = self._received[body_at : body_at + length], self._received[body_at + length :]
        if last or self._received or self._answer is None:  # what nobody asked for cannot be trusted to end
            self.closed = True
            if self._transport:
                self._transport.close()
        self._used = True
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_result((status, body))

    def _fail(self, reason: str) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_exception(Lost(reason, clean=self._used and not self._received))


def _head(head: bytes) -> tuple[int, int, bool]:
    """Return the status, the length of the body, and whether the connection ends behind it. Raises ValueError."""
    lines = head.split(b"\r\n")
    version, _, rest = lines[0].partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError("it is no HTTP")
    status, length, last = int(rest[:3]), 0, version == b"HTTP/1.0"
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        match name.lower():
            case b"content-length":
                length = int(value)
            case b"connection":
                last = value.strip().lower() == b"close"
            case b"transfer-encoding":
                raise ValueError("its length is not said")
    return status, 0 if status in (204, 304) else length, last


class Pool:
    """At most `limit` connections to one server; the one used last is taken first, and those idle for long are closed.

    `keep_alive` is in seconds, shorter than the server's own; `timeout` is what a request may take in all.
    """

    def __init__(self, host: str, port: int, *, limit: int, timeout: float, keep_alive: float) -> None:
        self._host, self._port = host, port
        self._timeout, self._keep_alive = timeout, keep_alive
        self._free: deque[_Wire] = deque()
        self._all: set[_Wire] = set()
        self._turns = asyncio.Semaphore(limit)
        self._loop = asyncio.get_running_loop()

    async def ask(self, method: str, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; returns status and body. Raises TimeoutError and OSError.

        One that may be repeated is, once, where a kept connection proves to have been closed meanwhile.
        """
        async with asyncio.timeout(self._timeout), self._turns:
            try:
                return await self._once(request)
            except Lost as lost:
                if not lost.clean or method not in _REPEATABLE:
                    raise
            return await self._once(request)

    async def _once(self, request: bytes) -> tuple[int, bytes]:
        wire = self._kept() or await self._connected()
        with self._whole(wire):
            return await wire.ask(request)

    @contextmanager
    def _whole(self, wire: _Wire) -> Iterator[None]:
        """A connection whose request was not answered is not used again."""
        try:
            yield
        except BaseException:
            wire.close()
            raise
        finally:
            if wire.closed:
                self._all.discard(wire)
            else:
                wire.idle_since = self._loop.time()
                self._free.append(wire)

    def _kept(self) -> _Wire | None:
        oldest = self._loop.time() - self._keep_alive
        while self._free and (self._free[0].closed or self._free[0].idle_since < oldest):
            self._drop(self._free.popleft())
        while self._free:
            wire = self._free.pop()
            if not wire.closed:
                return wire
            self._drop(wire)
        return None

    async def _connected(self) -> _Wire:
        _, wire = await self._loop.create_connection(lambda: _Wire(self._loop), self._host, self._port)
        self._all.add(wire)
        return wire

    def _drop(self, wire: _Wire) -> None:
        wire.close()
        self._all.discard(wire)

    def close(self) -> None:
        """Close every connection."""
        for wire in list(self._all):
            self._drop(wire)
        self._free.clear()
