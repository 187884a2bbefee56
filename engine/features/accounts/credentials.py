"""Whose a key is: the account, the application or the user that shows it."""

from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.users import lookup as users
from engine.features.users.model import User
from engine.store import accounts, applications
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database


class KeyHolder(NamedTuple):
    """The account whose key was shown, the secret that belongs to the key, and the application whose key it is.

    `application` None: it is the account's own, or the token of `user`, of which `secret` is the digest, good until
    `expires` (Unix seconds; None: for ever).
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


class Credentials:
    """Looks keys up. A disabled account's and a disabled user's are found too: who asks judges them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def holder(self, dialect: str, key: str) -> KeyHolder | None:
        """Return who has this key in this dialect."""
        return await self._db.read(lambda conn: _holder(conn, dialect, key))

    async def account(self, id: str) -> Account | None:
        """Return an account by its id."""
        return await self._db.read(lambda conn: accounts.get(conn, id))

    async def application(self, id: str) -> Keyed | None:
        """Return an application with its key; None where there is none, or it has none of its own."""
        return await self._db.read(lambda conn: _keyed(conn, id))


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
