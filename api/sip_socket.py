"""GET /sip: the websocket by which browsers speak SIP (RFC 7118), passed on to Asterisk.

Asterisk's HTTP server, which has ARI too, is reached from this machine only. What comes in here goes to its /ws alone.
Asterisk sees SOURCE as the address of every browser; wrong passwords are counted here (api.sip_guesses).
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import aiohttp
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from api.clients import Clients
from api.guess_throttle import Guesses, TooManyGuesses
from api.sip_guesses import SipGuesses

log = structlog.get_logger(__name__)
PATH = "/sip"
PROTOCOL = "sip"
SOURCE = "127.87.83.1"
"""Where browsers' SIP comes from, as Asterisk sees it: no trunk that is known by its address has this one."""
MOST = 500
"""Websockets at once: Asterisk's HTTP server has 1,500 sessions (http.conf), and ARI needs some of them."""
MOST_OF_A_CLIENT = 50
LARGEST_MESSAGE = 64 * 1024
HEARTBEAT_SECONDS = 20.0
"""How often a browser is asked whether it is there: Asterisk removes its contact once the websocket is closed."""
OPEN_SECONDS = 5.0
CLOSE_SECONDS = 5.0
_Ending = tuple[WSCloseCode, bytes]
_OVER: _Ending = WSCloseCode.OK, b""
_GUESSING: _Ending = WSCloseCode.POLICY_VIOLATION, b"Too many wrong passwords came from this address."
_LEAVING: _Ending = WSCloseCode.GOING_AWAY, b"The server is being stopped."
_FAILED: _Ending = WSCloseCode.INTERNAL_ERROR, b"Something went wrong here."


class SipSocket:
    """The handler. `asterisk` is the URL of Asterisk's websocket of SIP."""

    def __init__(self, asterisk: str, guesses: Guesses, clients: Clients) -> None:
        self._asterisk, self._guesses, self._clients = asterisk, guesses, clients
        self._open: Counter[str] = Counter()
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.get(PATH, self.serve)]

    def close(self) -> None:
        """Close all websockets."""
        self._closing.set()

    def __len__(self) -> int:
        """The number of open websockets."""
        return self._open.total()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Pass SIP on between a browser and Asterisk until one of them closes."""
        if why := _refused(request):
            return web.json_response({"error": why}, status=400)
        client = self._clients.of(request)
        if len(self) >= MOST or self._open[client] >= MOST_OF_A_CLIENT:
            return web.json_response({"error": "Too many phones are connected; try again."}, status=503)
        self._open[client] += 1
        try:
            return await self._serve(request)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        connector = aiohttp.TCPConnector(local_addr=(SOURCE, 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    asterisk = await session.ws_connect(
                        self._asterisk, protocols=(PROTOCOL,), max_msg_size=LARGEST_MESSAGE, autoping=True
                    )
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("Asterisk takes no websocket of SIP.", error=str(error))
                return web.json_response({"error": "The telephone engine is not ready; try again."}, status=503)
            browser = web.WebSocketResponse(
                protocols=(PROTOCOL,),
                heartbeat=HEARTBEAT_SECONDS,
                timeout=CLOSE_SECONDS,
                max_msg_size=LARGEST_MESSAGE,
                compress=False,
            )
            try:
                await browser.prepare(request)
                code, reason = await self._until_over(request, browser, asterisk)
                await _closed(request, browser, code, reason)
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await asterisk.close()
        return browser

    async def _until_over(
        self, request: web.Request, browser: web.WebSocketResponse, asterisk: aiohttp.ClientWebSocketResponse
    ) -> _Ending:
        guesses = SipGuesses(self._guesses, request)
        steps = {
            "browser": _passed_on(browser, asterisk, guesses.sent),
            "asterisk": _passed_on(asterisk, browser, guesses.received),
            "end": self._until_closing(),
        }
        tasks = [asyncio.create_task(step, name=f"websocket of SIP: {name}") for name, step in steps.items()]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            guesses.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        try:
            return next(iter(done)).result()
        except TooManyGuesses:
            return _GUESSING
        except ConnectionError:
            return _OVER
        except Exception:
            log.exception("a websocket of SIP failed")
            return _FAILED

    async def _until_closing(self) -> _Ending:
        await self._closing.wait()
        return _LEAVING


def _refused(request: web.Request) -> str:
    """Return why a request is not one that opens a websocket of SIP; "": it is."""
    if request.headers.get("Upgrade", "").lower() != "websocket":
        return "This is a websocket: open it with wss:// or ws://."
    offered = (each.strip() for each in ",".join(request.headers.getall("Sec-WebSocket-Protocol", ())).split(","))
    return "" if PROTOCOL in offered else "The websocket's subprotocol must be sip (RFC 7118)."


async def _passed_on(
    source: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    target: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    look: Callable[[bytes], None],
) -> _Ending:
    """Pass on messages until the source closes."""
    async for message in source:
        if message.type is WSMsgType.TEXT:
            look(message.data.encode("utf-8", "surrogateescape"))
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            look(message.data)
            await target.send_bytes(message.data)
        else:
            break
    return _OVER


async def _closed(request: web.Request, socket: web.WebSocketResponse, code: WSCloseCode, reason: bytes) -> None:
    """Close; a browser that reads nothing any more is cut off."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code=code, message=reason)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
