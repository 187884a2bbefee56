"""Keys and numbers of applications whose dialect gives each one of them a key of its own."""

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from api.dialects import Dialect
from api.own import render
from engine.features.numbers import pool as numbers_pool
from engine.features.numbers.pool import Pool
from engine.ids import new_id
from engine.store import applications, numbers
from engine.store.applications import Application

log = structlog.get_logger(__name__)


def first(conn: Connection, account: str, dialect: Dialect, pool: Pool) -> None:
    """Make a new account's first application of a dialect, named as the dialect, with a number of the pool."""
    application = Application(
        id=new_id("app"), account=account, name=dialect.name, dialect=dialect.name, asks=dialect.asks
    )
    applications.create(conn, application)
    issue(conn, application, dialect)
    if numbers_pool.give(conn, pool, account, application.id) is None:
        log.warning("the pool has no number left for a new account", account=account)


def issue(conn: Connection, application: Application, dialect: Dialect) -> None:
    """Give an application of such a dialect its key and secret."""
    if dialect.issue:
        applications.set_key(conn, application, *dialect.issue())


def renew(conn: Connection, application: Application, dialect: Dialect | None) -> bool:
    """Give an application a new secret; its key, which names it, stays. False where it has none of its own."""
    had = applications.key(conn, application.id)
    if had is None or dialect is None or dialect.issue is None:
        return False
    _, secret = dialect.issue()
    applications.set_key(conn, application, had[0], secret)
    return True


def firsts(conn: Connection, account: str, dialects: Sequence[Dialect]) -> render.Shape:
    """Return the credentials of an account's first application of each such dialect, by the dialect's name."""
    shape: render.Shape = {}
    for dialect in dialects:
        own = [row for row in applications.list(conn, account) if row.dialect == dialect.name and dialect.issue]
        chosen = next((row for row in own if row.name == dialect.name), next(iter(own), None))
        if chosen:
            shape[dialect.name] = credentials(conn, chosen, dialect)
    return shape


def credentials(conn: Connection, application: Application, dialect: Dialect | None) -> render.Shape:
    """Return an application's key, secret and first number, in its dialect's words; empty where it has no key."""
    had = applications.key(conn, application.id)
    if had is None or dialect is None:
        return {}
    own = [row.number for row in numbers.list(conn, application.account) if row.application == application.id]
    return {dialect.key: had[0], dialect.secret: had[1], "number": f"+{own[0]}" if own else None}
