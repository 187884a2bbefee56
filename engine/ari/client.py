"""HTTP to Asterisk: one pool of connections, the generated resources, and every failure as an AriError."""

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
from engine.ari.http import Pool

# Asterisk closes an idle connection after 15 s (http.conf session_keep_alive); ours must go first.
KEEP_ALIVE_SECONDS = 10.0


def _proceed() -> None:
    """Lets every command pass."""


def encode_query(query: Mapping[str, QueryValue]) -> str:
    """`?name=value&…` without what is None; a sequence is joined by commas, as ARI's allowMultiple asks."""
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
    """Asterisk's own words in an error answer: {"message": …} or {"error": …}."""
    try:
        answer = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return ""
    return str(answer.get("message") or answer.get("error") or "") if isinstance(answer, dict) else ""


class Client(Resources):
    """One Asterisk node, spoken to as one ARI application.

    `url` is the root of the interface (http://127.0.0.1:8088/ari), `connections` the most requests in flight (the
    sessionlimit of http.conf must be several times that), `timeout` the seconds that one request may take, waiting for
    a connection included. `before_command` is called before each request that changes something; what it raises stops
    the request (there the lease is checked), what it returns is awaited. Use it as `async with client:` or call open()
    and close().
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
        self._url = URL(self._root)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._authorization = {"Authorization": f"Basic {token}"}
        host = f"{self._url.host}:{self._url.port}"
        self._head = f" HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {token}\r\n".encode()
        self._connections = connections
        self._timeout = timeout
        self._before_command = before_command
        self._pool: Pool | None = None
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Makes the pool; nothing is sent yet."""
        url = self._url
        self._pool = Pool(
            url.host or "", url.port or 80,
            limit=self._connections, timeout=self._timeout, keep_alive=KEEP_ALIVE_SECONDS,
        )  # fmt: skip
        self._session = aiohttp.ClientSession(headers=self._authorization)

    async def close(self) -> None:
        """Closes every connection. Closing twice is harmless."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
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
        """Sends one request and returns the body of its answer.

        Raises the AriError for the answer's status, or Unreachable when there is none in time.
        """
        if method != "GET" and (wait := self._before_command()) is not None:
            await wait
        operation = f"{method} {path}"
        if self._pool is None:
            raise errors.Unreachable(operation, "the client is not open")
        try:
            status, payload = await self._pool.ask(method, self._request(method, path, query, body))
        except (TimeoutError, OSError) as error:
            raise errors.Unreachable(operation, str(error) or type(error).__name__) from error
        if status < 300:
            return payload
        raise errors.from_status(status)(operation, _detail(payload), status)

    def _request(self, method: str, path: str, query: Mapping[str, QueryValue] | None, body: Any) -> bytes:
        line = f"{method} {self._url.raw_path}{path}{encode_query(query) if query else ''}".encode("ascii")
        if body is None:
            return b"%b%bContent-Length: 0\r\n\r\n" % (line, self._head)
        data = msgspec.json.encode(body)
        kind = b"Content-Type: application/json\r\n"
        return b"%b%b%bContent-Length: %d\r\n\r\n%b" % (line, self._head, kind, len(data), data)

    async def websocket(self, heartbeat: float) -> aiohttp.ClientWebSocketResponse:
        """Opens the events websocket of our application; Asterisk then takes it from whoever had it.

        `heartbeat` is in seconds: a ping each, and the socket is lost when the answer takes more than half of that.
        Raises Unreachable, or Forbidden when Asterisk does not take our password.
        """
        operation = "GET /events"
        query = encode_query({"app": self.application})
        session = self._session
        if session is None:
            raise errors.Unreachable(operation, "the client is not open")
        try:
            return await session.ws_connect(
                URL(f"{self._root}/events{query}", encoded=True), heartbeat=heartbeat, max_msg_size=0
            )
        except aiohttp.WSServerHandshakeError as error:
            raise errors.from_status(error.status)(operation, error.message, error.status) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.Unreachable(operation, str(error) or type(error).__name__) from error
