"""GET /carillon/v1/events: a websocket (RFC 6455) on which an account receives its events as they happen."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import WSCloseCode, web

from api.own.access import Caller
from api.own.errors import Forbidden, Unauthorized
from api.own.operations import Media, operation
from api.own.schema.queries import EVENTS
from api.own.services import OwnServices
from engine.features.call_history.views import CallHistory
from engine.features.subscriptions import bodies
from engine.features.subscriptions.live import Listener, LiveEvents
from engine.platform.catalogue import ALL

STREAM = Media("A websocket, on which each event is a text of JSON.", ())
log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS = 20.0
"""How often the client is asked whether it is there; it is gone if it does not answer in half that time."""
ACCESS_SECONDS = 30.0
"""How often is looked whether the key or the token still is a good one."""
CLOSE_SECONDS = 5.0
LARGEST_MESSAGE = 4096  # from the client, which has nothing to say
_Ending = tuple[WSCloseCode, bytes]
_TOO_SLOW: _Ending = WSCloseCode.TRY_AGAIN_LATER, b"Events were not read fast enough."
_LEAVING: _Ending = WSCloseCode.GOING_AWAY, b"The server is being stopped."
_REFUSED: _Ending = WSCloseCode.POLICY_VIOLATION, b"The key or token is not valid any more."
_FAILED: _Ending = WSCloseCode.INTERNAL_ERROR, b"Something went wrong here."
_CLOSED: _Ending = WSCloseCode.OK, b""


class EventSocket:
    """The handler; `caller_of` says who asks."""

    def __init__(self, services: OwnServices, caller_of: Callable[[web.Request], Awaitable[Caller]]) -> None:
        self._services, self._caller_of = services, caller_of

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """The route, below `prefix`."""
        return [web.get(prefix + "/events", self.serve)]

    @operation("listenToEvents", {101: STREAM}, query=(EVENTS,))
    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Send the account's events as they happen, over a websocket (RFC 6455)."""
        caller = await self._caller_of(request)
        patterns = [name for each in request.query.get("events", ALL).split(",") if (name := each.strip())]
        with self._services.features[LiveEvents].listening(caller.account.id, patterns) as listener:
            socket = web.WebSocketResponse(
                heartbeat=HEARTBEAT_SECONDS, timeout=CLOSE_SECONDS, max_msg_size=LARGEST_MESSAGE
            )
            await socket.prepare(request)
            code, reason = await self._until_over(request, socket, listener)
            await _close(request, socket, code, reason)
        return socket

    async def _until_over(self, request: web.Request, socket: web.WebSocketResponse, listener: Listener) -> _Ending:
        """Send events until something ends that; returns what the client is given as the reason."""
        steps = {
            "send": self._send(socket, listener),
            "drain": self._drain(socket),
            "watch access": self._watch_access(request),
            "wait for the end": _wait_for_end(listener),
        }
        tasks = [asyncio.create_task(step, name=f"websocket of events: {name}") for name, step in steps.items()]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        try:
            return next(iter(done)).result()
        except ConnectionError:
            return _CLOSED
        except Exception:
            log.exception("a websocket of events failed")
            return _FAILED

    async def _send(self, socket: web.WebSocketResponse, listener: Listener) -> _Ending:
        while True:
            stored, entry = await listener.next()
            call = await self._services.features[CallHistory].get(stored.event.subject)
            await socket.send_str(bodies.encoded(bodies.message(stored.event, entry, call)))

    async def _drain(self, socket: web.WebSocketResponse) -> _Ending:
        """Ignore what the client sends, until it closes."""
        async for _ in socket:
            pass
        return _CLOSED

    async def _watch_access(self, request: web.Request) -> _Ending:
        while True:
            await asyncio.sleep(ACCESS_SECONDS)
            try:
                await self._caller_of(request)
            except (Unauthorized, Forbidden):
                return _REFUSED


async def _wait_for_end(listener: Listener) -> _Ending:
    await listener.ended.wait()
    return _TOO_SLOW if listener.too_slow else _LEAVING


async def _close(request: web.Request, socket: web.WebSocketResponse, code: WSCloseCode, reason: bytes) -> None:
    """Close; a client that reads nothing any more is cut off."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code=code, message=reason)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
