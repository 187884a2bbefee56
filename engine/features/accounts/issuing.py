"""Keys and numbers of applications, in the dialects that give each application a key of its own."""

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from engine.features.accounts.model import IssuedKey, KeyScheme
from engine.features.applications import keys
from engine.features.numbers import pool as numbers_pool
from engine.features.numbers.pool import Pool
from engine.ids import new_id
from engine.store import applications, numbers
from engine.store.applications import Application

log = structlog.get_logger(__name__)


def first(conn: Connection, account: str, dialect: KeyScheme, pool: Pool) -> None:
    """Make a new account's first application of a dialect, named as the dialect, with a number of the pool."""
    application = Application(
        id=new_id("app"), account=account, name=dialect.name, dialect=dialect.name, asks=dialect.asks
    )
    applications.create(conn, application)
    keys.issue(conn, application, dialect)
    if numbers_pool.give(conn, pool, account, application.id) is None:
        log.warning("the pool has no number left for a new account", account=account)


def number(conn: Connection, account: str, dialect: KeyScheme, pool: Pool) -> None:
    """Give an account a number of the pool for a dialect that has one, unless it has a number that leads there."""
    to = dialect.number_leads_to
    if to is None or any(row.destination == to for row in numbers.list(conn, account)):
        return
    if numbers_pool.give(conn, pool, account, None, to) is None:
        log.warning("the pool has no number left for an account", account=account, leads_to=to)


def firsts(conn: Connection, account: str, dialects: Sequence[KeyScheme]) -> tuple[IssuedKey, ...]:
    """Return the key of an account's first application of each such dialect."""
    found = []
    for dialect in dialects:
        own = [row for row in applications.list(conn, account) if row.dialect == dialect.name and dialect.issue]
        chosen = next((row for row in own if row.name == dialect.name), next(iter(own), None))
        if chosen and (issued := issued_to(conn, chosen)):
            found.append(issued)
    return tuple(found)


def issued_to(conn: Connection, application: Application) -> IssuedKey | None:
    """Return an application's key, secret and first number; None where it has no key of its own."""
    had = applications.key(conn, application.id)
    if had is None:
        return None
    own = [row.number for row in numbers.list(conn, application.account) if row.application == application.id]
    return IssuedKey(
        dialect=application.dialect,
        application=application.id,
        key=had[0],
        secret=had[1],
        number=own[0] if own else None,
    )
