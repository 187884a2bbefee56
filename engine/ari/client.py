"""Asterisk's HTTP client: one pool of connections, the generated resources; every failure is an AriError."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote_plus

import aiohttp
import msgspec
from yarl import URL

from engine.ari import errors
from engine.ari.generated import QueryValue, Resources

# Asterisk closes an idle connection after 15 s (http.conf session_keep_alive); we must close it before.
KEEP_ALIVE_SECONDS = 10.0
_UNSENT = ("User-Agent", "Accept", "Accept-Encoding")
_JSON = {"Content-Type": "application/json"}


def _proceed() -> None:
    """Permits every command."""


def encode_query(query: Mapping[str, QueryValue]) -> str:
    """Returns `?name=value&…` without values that are None; joins a sequence by commas (ARI's allowMultiple)."""
    parts = []
    for name, value in query.items():
        if value is None:
            continue
        if value is True or value is False:
            text = "true" if value else "false"
        elif isinstance(value, str):
            text = quote_plus(value)
        elif isinstance(value, int):
            text = str(value)
        else:
            text = quote_plus(",".join(value))
        parts.append(f"{name}={text}")
    return "?" + "&".join(parts) if parts else ""


def _detail(payload: bytes) -> str:
    """Returns the text of Asterisk's error answer: {"message": …} or {"error": …}."""
    try:
        answer = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return ""
    return str(answer.get("message") or answer.get("error") or "") if isinstance(answer, dict) else ""


class AriClient(Resources):
    """A client of one Asterisk node for one ARI application.

    `url` is the root of the interface (http://127.0.0.1:8088/ari), `connections` the maximum of requests in flight (the
    sessionlimit of http.conf must be several times that), `timeout` the seconds that one request may take, including
    the wait for a connection. `before_command` is called before each request that changes something: it checks the
    lease. If it raises, the request is not sent; if it returns an awaitable, that is awaited first. Use the client as
    `async with client:`, or call open() and close().
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        application: str,
        *,
        connections: int = 100,
        timeout: float = 5.0,
        before_command: Callable[[], Awaitable[None] | None] = _proceed,
    ) -> None:
        super().__init__(self)
        self.application = application
        self._root = url.rstrip("/")
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._authorization = {"Authorization": f"Basic {token}"}
        self._connections = connections
        self._timeout = timeout
        self._before_command = before_command
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Makes the pool of connections; sends nothing yet."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers=self._authorization,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_UNSENT,
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Closes every connection; may be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def request(self, method: str, path: str, query: Mapping[str, QueryValue] | None, body: Any) -> bytes:
        """Sends one request and returns the body of the answer.

        Raises the AriError of the answer's status, or Unreachable if there is no answer in time.
        """
        if method != "GET" and (wait := self._before_command()) is not None:
            await wait
        address = f"{self._root}{path}{encode_query(query) if query else ''}"
        data, headers = (None, None) if body is None else (msgspec.json.encode(body), _JSON)
        session = self._opened(f"{method} {path}")
        try:
            async with session.request(method, URL(address, encoded=True), data=data, headers=headers) as answer:
                payload = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.AriUnreachable(f"{method} {path}", str(error) or type(error).__name__) from error
        if answer.status < 300:
            return payload
        raise errors.from_status(answer.status)(f"{method} {path}", _detail(payload), answer.status)

    async def websocket(self, heartbeat: float) -> aiohttp.ClientWebSocketResponse:
        """Opens the events websocket of our application; Asterisk closes the one that another controller had.

        A ping is sent every `heartbeat` seconds; the socket is lost if the answer takes more than half of that.
        Raises Unreachable, or Forbidden if Asterisk refuses our password.
        """
        operation = "GET /events"
        query = encode_query({"app": self.application})
        session = self._opened(operation)
        try:
            return await session.ws_connect(
                URL(f"{self._root}/events{query}", encoded=True), heartbeat=heartbeat, max_msg_size=0
            )
        except aiohttp.WSServerHandshakeError as error:
            raise errors.from_status(error.status)(operation, error.message, error.status) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.AriUnreachable(operation, str(error) or type(error).__name__) from error

    def _opened(self, operation: str) -> aiohttp.ClientSession:
        if self._session is None:
            raise errors.AriUnreachable(operation, "the client is not open")
        return self._session
