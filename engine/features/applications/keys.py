"""Keys of applications whose dialect gives each one its own. Each function is part of a transaction."""

from sqlalchemy import Connection

from engine.features.applications.dialects import Dialect
from engine.store import applications
from engine.store.applications import Application


def issue(conn: Connection, application: Application, dialect: Dialect | None) -> None:
    """Give an application its key and secret if its dialect issues them and it has none."""
    if dialect and dialect.issue and applications.key(conn, application.id) is None:
        applications.set_key(conn, application, *dialect.issue())


def renew(conn: Connection, application: Application, dialect: Dialect | None) -> str | None:
    """Give an application a new secret and return its key, which stays; None if it has no key of its own."""
    had = applications.key(conn, application.id)
    if had is None or dialect is None or dialect.issue is None:
        return None
    _, secret = dialect.issue()
    applications.set_key(conn, application, had[0], secret)
    return had[0]
