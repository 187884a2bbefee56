"""Keys of applications whose dialect gives each one its own. Each function is part of a transaction."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection

from engine.store import applications
from engine.store.applications import Application


class KeyIssuer(Protocol):
    """A dialect that may issue keys."""

    @property
    def issue(self) -> Callable[[], tuple[str, str]] | None:
        """Makes a key and a secret; None: the dialect's keys are the accounts'."""


def issue(conn: Connection, application: Application, dialect: KeyIssuer | None) -> None:
    """Give an application its key and secret if its dialect issues them and it has none."""
    if dialect and dialect.issue and applications.key(conn, application.id) is None:
        applications.set_key(conn, application, *dialect.issue())


def renew(conn: Connection, application: Application, dialect: KeyIssuer | None) -> str | None:
    """Give an application a new secret and return its key, which stays; None if it has no key of its own."""
    had = applications.key(conn, application.id)
    if had is None or dialect is None or dialect.issue is None:
        return None
    _, secret = dialect.issue()
    applications.set_key(conn, application, had[0], secret)
    return had[0]
