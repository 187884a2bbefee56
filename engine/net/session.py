"""The HTTP sessions of all outgoing requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from engine.net.guard import guarded_sockets
from engine.net.resolver import Resolver


@dataclass(slots=True)
class _Connection:
    """Whether the connection of a request had served an earlier request."""

    reused: bool = False


class Net:
    """A strict and an allowing session, both with the guard of engine.net.guard.

    Must be made inside a running event loop. The owner of this object calls `close`; the sessions are not closed
    otherwise. Sessions keep no cookies and use no proxy of the environment. `seconds` is the default total time of a
    request. Names are resolved by engine.net.resolver, with `name_servers` (host or host:port) instead of the system's
    if they are given.
    """

    def __init__(self, seconds: float = 30.0, *, name_servers: tuple[str, ...] = ()) -> None:
        self._seconds = seconds
        self._resolver = Resolver(name_servers)
        self._strict, self._allowing = self._open(False), self._open(True)
        self._fresh_strict, self._fresh_allowing = self._open(False, fresh=True), self._open(True, fresh=True)

    def session(self, allow_private: bool) -> aiohttp.ClientSession:
        """Return the session that may reach private addresses, or the one that may not."""
        return self._allowing if allow_private else self._strict

    async def post(
        self,
        url: URL,
        *,
        allow_private: bool,
        data: bytes,
        headers: Mapping[str, str],
        total: float,
        connect: float,
        method: str = "POST",
        **more: Any,
    ) -> aiohttp.ClientResponse:
        """Send a POST, or a GET, within `total` seconds; redirects are not followed. The caller closes the response.

        A server may close a kept connection at any time, even while a request is in flight (RFC 9112 §9.3.1). If it
        did so before it sent any part of an answer, the request is sent once more on a new connection.
        A user and a password in the URL are sent as Basic authentication, in UTF-8 (RFC 7617). Raises aiohttp's errors.
        """
        loop, seen = asyncio.get_running_loop(), _Connection()
        ends = loop.time() + total
        if url.user is not None or url.password is not None:
            login = aiohttp.encode_basic_auth(url.user or "", url.password or "", "utf-8")
            headers = {"Authorization": login, **headers}
            url = url.with_user(None)
        more |= {"data": data, "headers": headers, "allow_redirects": False, "trace_request_ctx": seen}
        limits = aiohttp.ClientTimeout(total=total, sock_connect=connect)
        try:
            return await self.session(allow_private).request(method, url, timeout=limits, **more)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionResetError) as error:
            if not (seen.reused and _before_any_answer(error)) or (left := ends - loop.time()) <= 0:
                raise
        fresh = self._fresh_allowing if allow_private else self._fresh_strict
        limits = aiohttp.ClientTimeout(total=left, sock_connect=min(connect, left))
        return await fresh.request(method, url, timeout=limits, **more)

    async def close(self) -> None:
        """Close all sessions and their connections."""
        for session in (self._strict, self._allowing, self._fresh_strict, self._fresh_allowing):
            await session.close()
        await self._resolver.really_close()

    def _open(self, allow_private: bool, *, fresh: bool = False) -> aiohttp.ClientSession:
        """Open a session; a `fresh` one makes a new connection for each request."""
        # No limit of connections: a customer's slow host must not make another customer's request wait for the pool.
        connector = aiohttp.TCPConnector(
            socket_factory=guarded_sockets(allow_private),
            limit=0,
            ttl_dns_cache=10,
            resolver=self._resolver,
            force_close=fresh,
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_reused)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            headers={"User-Agent": "Carillon"},
            trace_configs=[trace],
        )


async def _reused(_: aiohttp.ClientSession, context: Any, __: aiohttp.TraceConnectionReuseconnParams) -> None:
    if isinstance(context.trace_request_ctx, _Connection):
        context.trace_request_ctx.reused = True


def _before_any_answer(error: Exception) -> bool:
    """Return whether a connection ended before the first byte of an answer (aiohttp keeps the bytes that came)."""
    return not isinstance(error, aiohttp.ServerDisconnectedError) or isinstance(error.message, str)
