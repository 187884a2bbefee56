"""Accounts as requests need them: by a dialect's key, or by id; kept in memory for a few seconds."""

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from engine.features.users import store as users
from engine.features.users.model import User
from engine.store import accounts, applications
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database

KEPT_SECONDS = 5.0
MOST_KEPT = 10_000
LONGEST_KEY = 128
K = TypeVar("K")
T = TypeVar("T")


class KeyHolder(NamedTuple):
    """The account whose key was shown, the secret that belongs to the key, and the application whose key it is.

    `application` None: it is the account's own, or the token of `user`, of which `secret` is the digest, good until
    `expires` (Unix seconds).
    """

    account: Account
    secret: str
    application: Application | None = None
    user: User | None = None
    expires: float | None = None


class Keyed(NamedTuple):
    """An application with its key."""

    application: Application
    key: str


class Accounts:
    """Reads accounts; a change made elsewhere is seen within 5 s, at once after `forget`."""

    def __init__(self, db: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._by_key: dict[tuple[str, str], tuple[float, KeyHolder]] = {}
        self._by_id: dict[str, tuple[float, Account]] = {}
        self._applications: dict[str, tuple[float, Keyed]] = {}

    async def by_key(self, dialect: str, key: str) -> KeyHolder | None:
        """Return who owns a dialect's key; None for an unknown key or a disabled account."""
        if not (key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY):
            return None  # none of ours, and nothing to hand to a database
        holder = await self._kept(
            self._by_key, (dialect, key), lambda: self._db.read(lambda conn: _holder(conn, dialect, key))
        )
        return None if holder is None or holder.account.disabled else holder

    async def get(self, account: str) -> Account | None:
        """Return an account by id, a disabled one too."""
        return await self._kept(self._by_id, account, lambda: self._db.read(lambda conn: accounts.get(conn, account)))

    async def application(self, id: str) -> Keyed | None:
        """Return an application with its key; None where there is none, or it has none of its own."""
        return await self._kept(self._applications, id, lambda: self._db.read(lambda conn: _keyed(conn, id)))

    def forget(self) -> None:
        """Read everything anew: an account, an application or a key was changed."""
        self._by_key.clear()
        self._by_id.clear()
        self._applications.clear()

    async def _kept(self, kept: dict[K, tuple[float, T]], key: K, read: Callable[[], Awaitable[T | None]]) -> T | None:
        now = self._clock()
        if (entry := kept.get(key)) is not None and entry[0] > now:
            return entry[1]
        value = await read()
        if value is None:
            kept.pop(key, None)
        else:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = (now + KEPT_SECONDS, value)
        return value


def _keyed(conn: Connection, id: str) -> Keyed | None:
    application, key = applications.get(conn, id), applications.key(conn, id)
    return Keyed(application, key[0]) if application and key else None


def _holder(conn: Connection, dialect: str, key: str) -> KeyHolder | None:
    found = accounts.by_key(conn, dialect, key)
    if found is None:
        return None
    application = applications.get(conn, found.application) if found.application else None
    user = users.get(conn, found.user) if found.user else None
    return KeyHolder(found.account, found.secret, application, user, found.expires)
