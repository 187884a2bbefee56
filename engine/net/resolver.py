"""Resolving host names beside everything else: by c-ares, without a thread for each name.

The system's own resolver blocks a thread a name, and those threads are shared with all work on files: six names whose
name servers are slow would stop both. Here a name that is slow keeps nobody waiting but who asks for it. aiohttp asks
for a name once at a time however many requests want it, and each request's own time limit ends its wait.
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
"""How long a name server has for its answer, doubled at each of the tries; less where it has been quick so far."""
LONGEST_SECONDS = 4.0
"""How long a name may take in all: less than a question's time, so that its failure says what was slow."""
_SILENT = "The name servers did not answer in time"
_NO_SUCH_NAME = frozenset({aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_ENODATA, aiodns.error.ARES_EBADNAME})


class Resolver(AsyncResolver):
    """A resolver that several sessions share; it is closed by its owner, with `really_close`.

    `resolve` raises OSError: without a number for a name that has no address, with EAGAIN for one of which nothing was
    learnt in time.
    """

    def __init__(self, name_servers: tuple[str, ...] = ()) -> None:
        known: dict[str, Any] = {"nameservers": list(name_servers)} if name_servers else {}
        super().__init__(timeout=SECONDS, tries=TRIES, **known)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host."""
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
        """Do nothing: a session that ends must not close what others use."""

    async def really_close(self) -> None:
        """Break off what is asked."""
        await super().close()
