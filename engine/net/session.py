"""The HTTP sessions everything outgoing uses."""

from __future__ import annotations

import aiohttp

from engine.net.guard import guarded_sockets


def _open(allow_private: bool, seconds: float) -> aiohttp.ClientSession:
    # No limit on connections: one customer's slow host must not make another's request wait for a place in the pool.
    connector = aiohttp.TCPConnector(socket_factory=guarded_sockets(allow_private), limit=0, ttl_dns_cache=10)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=seconds),
        headers={"User-Agent": "Carillon"},
    )


class Net:
    """A strict and an allowing session, both guarded against addresses that are not public (see guard).

    Made inside a running event loop. Its owner calls `close`; nobody else closes the sessions.
    Sessions keep no cookies and read no proxy from the environment. `seconds` is the default total time of a request.
    """

    def __init__(self, seconds: float = 30.0) -> None:
        self._strict = _open(False, seconds)
        self._allowing = _open(True, seconds)

    def session(self, allow_private: bool) -> aiohttp.ClientSession:
        """The session that may reach private addresses, or the one that may not."""
        return self._allowing if allow_private else self._strict

    async def close(self) -> None:
        """Close both sessions and their connections."""
        await self._strict.close()
        await self._allowing.close()
