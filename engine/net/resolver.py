"""Resolves host names with c-ares, without a thread for each name.

The system's resolver blocks a thread for each name, and these threads are shared with all work on files: six names with
slow name servers would stop both. Here a slow name delays only the requests for it. aiohttp resolves a name once at a
time however many requests need it, and each request's own time limit ends its wait.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any

import aiodns
from aiohttp import AsyncResolver
from aiohttp.abc import ResolveResult

SECONDS, TRIES = 1.0, 5
"""Seconds that a name server has for its answer, doubled at each try; fewer if it has been quick so far."""
LONGEST_SECONDS = 4.0
"""Seconds that a name may take in all: less than a question's time limit, so that its error says what was slow."""
_SILENT = "The name servers did not answer in time"
_NO_SUCH_NAME = frozenset({aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_ENODATA, aiodns.error.ARES_EBADNAME})


class Resolver(AsyncResolver):
    """A resolver that several sessions share; its owner closes it with `really_close`.

    `resolve` raises OSError: without an errno if the name has no address, with EAGAIN if there was no answer in time.
    """

    def __init__(self, name_servers: tuple[str, ...] = ()) -> None:
        known: dict[str, Any] = {"nameservers": list(name_servers)} if name_servers else {}
        super().__init__(timeout=SECONDS, tries=TRIES, **known)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host; raises OSError."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await super().resolve(host, port, family)
        except TimeoutError as error:
            raise OSError(errno.EAGAIN, _SILENT) from error
        except OSError as error:
            cause = error.__cause__
            if isinstance(cause, aiodns.error.DNSError) and cause.args[0] not in _NO_SUCH_NAME:
                raise OSError(errno.EAGAIN, _SILENT) from error
            raise

    async def close(self) -> None:
        """Do nothing: a session that ends must not close the resolver of the others."""

    async def really_close(self) -> None:
        """Cancel all requests and close the resolver."""
        await super().close()
