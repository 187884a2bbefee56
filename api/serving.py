"""The HTTP servers of this process."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, NamedTuple, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod, BadStatusLine, HttpProcessingError, InvalidHeader, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader

from api.app_keys import ERRORS
from api.clients import Clients
from api.connections import Connections, Limits, Wait, affordable
from api.first_header import FirstHeader, too_late
from api.settings import Settings

log = structlog.get_logger(__name__)
SECONDS_TO_FINISH = 5
BACKLOG = 1024
ADMIN_LIMITS = Limits(total=128, per_client=128)
LONGEST_LINE = 8190
MOST_HEADERS = 128
MOST_PARSED = 65_536
"""Of a body that nobody reads, so many bytes are parsed, and the connection is kept; a longer rest is discarded."""
_BEGINNING = 512
Render = Callable[[str, int, str], web.Response]


class ListenAddress(NamedTuple):
    """The addresses of an application's listener, and the limits of its connections. Port 0: any free port."""

    app: web.Application
    hosts: tuple[str, ...]
    port: int
    connections: Connections


def places(
    settings: Settings, public: web.Application, admin: web.Application, clients: Clients
) -> tuple[ListenAddress, ...]:
    """Return the listeners of this process: the public one, and the administrator's on this machine."""
    limits = Limits(total=affordable(settings.most_connections), per_client=settings.most_connections_per_client)
    return (
        ListenAddress(public, settings.bind.all, settings.api_port, Connections(limits, clients)),
        ListenAddress(admin, ("127.0.0.1",), settings.admin_port, Connections(ADMIN_LIMITS)),
    )


@asynccontextmanager
async def listening(at: Iterable[ListenAddress]) -> AsyncIterator[list[int]]:
    """Serve each application at its hosts and port; the ports are yielded; leaving the block ends all of them."""
    ports = []
    async with AsyncExitStack() as stack:
        for place in at:
            runner = web.AppRunner(place.app, shutdown_timeout=SECONDS_TO_FINISH)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            listener = await _listen(runner, place)
            stack.callback(place.connections.drop_half_open)
            stack.callback(listener.close)
            ports.append(listener.sockets[0].getsockname()[1])
        yield ports


async def _listen(runner: web.AppRunner, place: ListenAddress) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    manager, render = cast(web.Server, runner.server), place.app[ERRORS].render
    connections = place.connections

    def handler() -> HttpConnection:
        return HttpConnection(manager, connections, render, loop=loop)

    return await loop.create_server(
        lambda: FirstHeader(connections, handler, loop),
        place.hosts,
        place.port,
        backlog=BACKLOG,
        reuse_address=True,
    )


class HttpConnection(web.RequestHandler):
    """A client's connection from its first request on (before that, it is a FirstHeader): aiohttp's handler with time
    limits, whose errors repeat nothing that was sent.

    Bodies are not decompressed: the application refuses a Content-Encoding (api.bodies.check). What is left of a body
    after the response is received without being parsed, so that its sender sees the response; then the connection ends.
    """

    __slots__ = ("_body", "_connections", "_discarded", "_late", "_line", "_render", "_waits")

    def __init__(
        self, manager: web.Server, connections: Connections, render: Render, *, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            manager,
            loop=loop,
            access_log=cast(logging.Logger, None),
            auto_decompress=False,
            keepalive_timeout=connections.limits.idle_seconds,
            lingering_time=connections.limits.discard_seconds,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
        )
        self._connections, self._render = connections, render
        self._late: asyncio.TimerHandle | None = None
        self._line = b""
        self._waits = True
        self._body: StreamReader = EMPTY_PAYLOAD
        self._discarded: _Discarded | None = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remove the connection from the open ones."""
        if self._discarded:
            self._discarded.end()
        self._connections.gone(self)
        self._header_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Process received bytes; a header that has begun must be complete in time."""
        if self._discarded:
            self._discarded.received(len(data))
            return
        if self._waits and data and self._body.is_eof():
            if not self._line:
                self._line = data[:_BEGINNING]
            if self._late is None:
                self._await_header()
        before = self._request_count
        super().data_received(data)
        if self._request_count != before and self._waits:
            self._waits, self._body = False, self._messages[-1][1]
            self._header_came()
            self._connections.waits(self, Wait.BODY)
        if not self._waits and self._body.is_eof():
            self._connections.busy(self)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send a response; then the connection waits for the next request, or discards what is left of a long body."""
        rest = _left_of(request)
        if rest > MOST_PARSED:
            resp.force_close()
        finished = await super().finish_response(request, resp, start_time)
        if rest > MOST_PARSED:
            await self._discard(_left_of(request))
            return finished
        if not self._messages:
            self._waits, self._line, self._body = True, b"", request.content
            self._connections.waits(self, Wait.REQUEST)
        return finished

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer an unreadable request, in the format of the dialect that its path seems to be of.

        aiohttp's own answer and log line repeat the faulty line, which may contain a key.
        """
        if status == 400:
            status, sentence = _fault(exc)
            if count := self._connections.unreadable.due(self._loop.time()):
                log.info("requests could not be read", count=count, status=status, fault=type(exc).__name__)
        else:
            sentence = "Something went wrong here."
            if not isinstance(exc, ConnectionError):  # the client has closed the connection: there is no answer
                log.error("a request failed outside of its handler", status=status, exc_info=exc)
        response = self._render(_path_of(self._line), status, sentence)
        response.force_close()
        return response

    def drop(self) -> None:
        """Close the connection in favour of another one."""
        self._header_came()
        if self.transport is not None:
            self.transport.abort()

    async def _discard(self, rest: float) -> None:
        """Receive `rest` bytes of a body that nobody reads, for a limited time."""
        if rest <= 0:
            self.force_close()
            return
        self._discarded = discarded = _Discarded(rest, self._loop.create_future())
        self.resume_reading()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._connections.limits.discard_seconds):
                await discarded.all
        self.force_close()

    def _await_header(self) -> None:
        self._connections.waits(self, Wait.HEADER)
        self._late = self._loop.call_later(self._connections.limits.header_seconds, self._too_late)

    def _header_came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        transport = self.transport
        if self._line and transport is not None:
            transport.write(too_late(self._connections.limits.header_seconds))
        self.force_close()


class _Discarded:
    """What is left of a body that nobody reads, in bytes; `all` is done when none is left or the connection is lost."""

    def __init__(self, rest: float, all_: asyncio.Future[None]) -> None:
        self._rest, self.all = rest, all_

    def received(self, count: int) -> None:
        """Count bytes."""
        self._rest -= count
        if self._rest <= 0:
            self.end()

    def end(self) -> None:
        """Expect no more."""
        if not self.all.done():
            self.all.set_result(None)


def _left_of(request: web.BaseRequest) -> float:
    """Return how many bytes of a request's body have not arrived yet; infinite if its header does not say."""
    if request.content.is_eof():
        return 0
    length = request.content_length
    return math.inf if length is None else length - request.content.total_bytes


def _fault(error: Any) -> tuple[int, str]:
    """Return status and sentence for a request that aiohttp's parser refused, without any of what was sent."""
    match error:
        case LineTooLong():
            return 431, f"The request line and each header must have at most {LONGEST_LINE} bytes."
        case InvalidHeader():
            return 400, "The request has a header that is not valid."
        case BadHttpMethod() | BadStatusLine():
            return 400, "The request line is not valid: it must be METHOD, a blank, the path, a blank, HTTP/1.1."
        case HttpProcessingError() if "Too many headers" in error.message:
            return 431, f"A request must have at most {MOST_HEADERS} headers."
    return 400, "The request is not valid HTTP/1.1."


def _path_of(line: bytes) -> str:
    """Return the path in a request line, as far as it can be read."""
    parts = line.split(b"\r\n", 1)[0].split(b" ")
    return parts[1].partition(b"?")[0].decode("latin-1") if len(parts) > 1 else ""
