"""The accounts of requests, found by a dialect's key or by id, and cached for a few seconds."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.features.accounts import Account
from engine.features.accounts.credentials import Credentials, Keyed, KeyHolder

__all__ = ["Account", "Accounts", "KeyHolder", "Keyed"]
KEPT_SECONDS = 5.0
MOST_KEPT = 10_000
LONGEST_KEY = 128
K = TypeVar("K")
T = TypeVar("T")


class Accounts:
    """A cache of accounts and keys. A change made elsewhere is seen within 5 s, or at once after `forget`."""

    def __init__(self, credentials: Credentials, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._clock = clock
        self._by_key: dict[tuple[str, str], tuple[float, KeyHolder]] = {}
        self._by_id: dict[str, tuple[float, Account]] = {}
        self._applications: dict[str, tuple[float, Keyed]] = {}
        self._forgotten = 0

    async def by_key(self, dialect: str, key: str) -> KeyHolder | None:
        """Return the owner of a dialect's key; None if the key is unknown or its account disabled."""
        if not (key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY):
            return None  # not one of our keys, and no value for a database
        holder = await self._kept(self._by_key, (dialect, key), lambda: self._credentials.holder(dialect, key))
        return None if holder is None or holder.account.disabled else holder

    async def get(self, account: str) -> Account | None:
        """Return an account by id, even if it is disabled."""
        return await self._kept(self._by_id, account, lambda: self._credentials.account(account))

    async def application(self, id: str) -> Keyed | None:
        """Return an application with its key; None if there is none, or it has no key of its own."""
        return await self._kept(self._applications, id, lambda: self._credentials.application(id))

    def forget(self) -> None:
        """Empty the cache, because an account, an application or a key was changed."""
        self._forgotten += 1
        self._by_key.clear()
        self._by_id.clear()
        self._applications.clear()

    async def _kept(self, kept: dict[K, tuple[float, T]], key: K, read: Callable[[], Awaitable[T | None]]) -> T | None:
        now = self._clock()
        if (entry := kept.get(key)) is not None and entry[0] > now:
            return entry[1]
        forgotten = self._forgotten
        value = await read()
        if value is None:
            kept.pop(key, None)
        elif forgotten == self._forgotten:  # a value that was read meanwhile may be older than the change
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = (now + KEPT_SECONDS, value)
        return value
