"""The audit: who changed what of an account, and what it was before.

A service writes one row with each change, in the transaction of the change, so that neither is there without the other.
"""

import time
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from engine.ids import new_id
from engine.store.database import Database
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, insert_into
from engine.store.tables import audit
from engine.store.writer import Writer

MASK = "***"
_SECRETS = frozenset({"password", "secret", "token", "apikey", "credentials", "digest", "hash"})


class Actor(msgspec.Struct, frozen=True):
    """Who makes a change. `id` is the account's or the user's, "" for the others; `name` is for people to read.

    "admin": the installation's administrator. "account": a program with the account's key. "user": a person of the
    account. "system": the installation itself, such as at its start.
    """

    kind: Literal["admin", "account", "user", "system"]
    id: str
    name: str


ADMIN = Actor("admin", "", "administrator")
"""Who has the administrator's token."""
SYSTEM = Actor("system", "", "system")
"""Changes that nobody asked for, such as those at the start."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `at` in Unix seconds; `account` is an account's id, None for what belongs to none, such as a trunk.

    `what` names the change (`extension.added`), `subject` the changed thing. `before` and `after` are fields as JSON
    has them; None where the thing was not there before, or is not there any more.
    """

    id: str
    at: float
    account: str | None
    actor_kind: str
    actor: str
    actor_name: str
    what: str
    subject: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def _read(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


_entry = Mapped(Entry, audit, converters={"before": _read, "after": _read})
_insert = insert_into(audit)
_get = Statement(_entry.select.where(audit.c.id == bindparam("id")))


class AuditLog:
    """The audit for who reads it page by page, and for changes that are not in a service's own transaction."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer

    async def page(self, account: str | None, *, before: str | None = None, limit: int = 100) -> list[Entry]:
        """Return an account's newest entries, newest first; None: those of no account.

        `before`: the id of the last entry of the page before; one that is not among them gives an empty page.
        """

        def read(conn: Connection) -> list[Entry]:
            last = _entry.one(conn, _get, id=before) if before else None
            if before and (last is None or last.account != account):
                return []
            return of(conn, account, before=(last.at, last.id) if last else None, limit=limit)

        return await self._db.read(read)

    async def note(
        self, by: Actor, *, account: str | None, what: str, subject: str, after: Mapping[str, Any] | None = None
    ) -> None:
        """Write down what was done by a command of the engine, which has committed it already."""
        await self._writer.write(
            lambda conn: record(conn, by, account=account, what=what, subject=subject, after=after)
        )


def record(
    conn: Connection,
    by: Actor,
    *,
    account: str | None,
    what: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    at: float | None = None,
) -> Entry:
    """Write a change down in the transaction that makes it; `at`: now.

    `before` and `after` are to be without secrets. A field whose name says that it is one is masked at every depth.
    """
    entry = Entry(
        id=new_id("audit"),
        at=time.time() if at is None else at,
        account=account,
        actor_kind=by.kind,
        actor=by.id,
        actor_name=by.name,
        what=what,
        subject=subject,
        before=None if before is None else _masked(before),
        after=None if after is None else _masked(after),
    )
    _insert.run(conn, **plain(entry) | {"before": _written(entry.before), "after": _written(entry.after)})
    return entry


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, as they were and as they are; one that is missing counts as None."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def of(
    conn: Connection, account: str | None, *, before: tuple[float, str] | None = None, limit: int = 100
) -> list[Entry]:
    """Return an account's newest entries, newest first; None: those of no account.

    `before` is the moment and the id of the last entry of the page before.
    """
    c = audit.c
    query = _entry.select.where(c.account == account).order_by(c.at.desc(), c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(or_(c.at < before[0], and_(c.at == before[0], c.id < before[1])))
    return _entry.each(conn.execute(query))


def forget(conn: Connection, account: str) -> None:
    """Delete all entries of an account: it is purged."""
    conn.execute(delete(audit).where(audit.c.account == account))


def expire(conn: Connection, before: float, most: int) -> int:
    """Delete at most so many entries that are older than a moment (Unix seconds), the oldest; returns how many."""
    old = select(audit.c.id).where(audit.c.at < before).order_by(audit.c.at).limit(most)
    return conn.execute(delete(audit).where(audit.c.id.in_(old))).rowcount


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: MASK if _hidden(name, found) else _masked(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each) for each in value]
    return value


def _hidden(name: str, value: Any) -> bool:
    return name.lower() in _SECRETS and value not in (None, "")


def _written(fields: dict[str, Any] | None) -> str | None:
    return None if fields is None else to_json(fields)
