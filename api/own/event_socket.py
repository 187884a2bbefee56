"""GET /carillon/v1/events: an account's events, as a list, or as they happen over a websocket (RFC 6455)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog
from aiohttp import WSCloseCode, web

from api.own.access import Caller
from api.own.errors import Forbidden, Unauthorized
from api.own.event_log import event_page, message_of, patterns_of
from api.own.operations import Media, operation
from api.own.schema.events import Events
from api.own.schema.queries import AFTER_EVENT, EVENTS, LIMIT
from api.own.services import OwnServices
from engine.features.call_history.views import CallHistory
from engine.features.errors import StoreError
from engine.features.subscriptions import bodies
from engine.features.subscriptions.live import Listener, LiveEvents
from engine.features.subscriptions.log import EventLog

STREAM = Media("A websocket, on which each event is a text of JSON.", ())
log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS = 20.0
"""How often the client is asked whether it is there; it is gone if it does not answer in half that time."""
ACCESS_SECONDS = 30.0
"""How often is looked whether the key or the token still is a good one."""
CLOSE_SECONDS = 5.0
LARGEST_MESSAGE = 4096  # from the client, which has nothing to say
MISSED_AT_ONCE = 100
_Ending = tuple[WSCloseCode, bytes]
_TOO_SLOW: _Ending = WSCloseCode.TRY_AGAIN_LATER, b"Events were not read fast enough."
_LEAVING: _Ending = WSCloseCode.GOING_AWAY, b"The server is being stopped."
_REFUSED: _Ending = WSCloseCode.POLICY_VIOLATION, b"The key or token is not valid any more."
_UNAVAILABLE: _Ending = WSCloseCode.TRY_AGAIN_LATER, b"The events cannot be read now: connect again."
_FAILED: _Ending = WSCloseCode.INTERNAL_ERROR, b"Something went wrong here."
_CLOSED: _Ending = WSCloseCode.OK, b""


class _Missed(NamedTuple):
    """What a client asks for first: the events behind one, by its position."""

    account: str
    patterns: list[str]
    behind: int


class EventSocket:
    """The handler; `caller_of` says who asks."""

    def __init__(self, services: OwnServices, caller_of: Callable[[web.Request], Awaitable[Caller]]) -> None:
        self._services, self._caller_of = services, caller_of
        self._log = services.features[EventLog]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """The route, below `prefix`."""
        return [web.get(prefix + "/events", self.serve)]

    @operation("listenToEvents", {200: Events, 101: STREAM}, query=(AFTER_EVENT, EVENTS, LIMIT))
    async def serve(self, request: web.Request) -> web.StreamResponse:
        """List the account's events that are kept, the oldest first; or send them as they happen.

        They are sent over a websocket (RFC 6455) if the request asks for an upgrade; with `after`, first those that
        are kept behind it.
        """
        caller = await self._caller_of(request)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return await event_page(request, caller, self._log)
        patterns, after, missed = patterns_of(request), request.query.get("after"), None
        live = self._services.features[LiveEvents]
        with live.listening(caller.account.id, patterns, begun=after is None) as listener:
            if after is not None:  # before the upgrade: one that is not kept is refused
                behind = await self._log.position(caller.account.id, after)
                missed = _Missed(caller.account.id, patterns, behind)
            socket = web.WebSocketResponse(
                heartbeat=HEARTBEAT_SECONDS, timeout=CLOSE_SECONDS, max_msg_size=LARGEST_MESSAGE
            )
            await socket.prepare(request)
            code, reason = await self._until_over(request, socket, listener, missed)
            await _close(request, socket, code, reason)
        return socket

    async def _until_over(
        self, request: web.Request, socket: web.WebSocketResponse, listener: Listener, missed: "_Missed | None"
    ) -> _Ending:
        """Send events until something ends that; returns what the client is given as the reason."""
        steps = {
            "send": self._send(socket, listener, missed),
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
        except StoreError as error:
            log.warning("A websocket of events cannot go on.", error=str(error))
            return _UNAVAILABLE
        except Exception:
            log.exception("a websocket of events failed")
            return _FAILED

    async def _send(self, socket: web.WebSocketResponse, listener: Listener, missed: "_Missed | None") -> _Ending:
        """Send what was missed, then what happens.

        However long the first takes, only what comes in the end waits here; it may be in both, and is sent once.
        """
        sent = 0
        if missed is not None:
            missed = await self._send_missed(socket, missed)
            listener.begin()
            sent = (await self._send_missed(socket, missed)).behind
        while True:
            stored, entry = await listener.next()
            if stored.position > sent:
                call = await self._services.features[CallHistory].get(stored.event.subject)
                await socket.send_str(bodies.encoded(bodies.message(stored.event, entry, call)))

    async def _send_missed(self, socket: web.WebSocketResponse, missed: "_Missed") -> "_Missed":
        """Send the events that are kept; returns what was missed since."""
        behind, more = missed.behind, True
        while more:
            page = await self._log.page(missed.account, missed.patterns, after=behind, limit=MISSED_AT_ONCE)
            for each in page.events:
                await socket.send_str(bodies.encoded(message_of(each)))
            behind, more = page.position, page.more
        return missed._replace(behind=behind)

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
