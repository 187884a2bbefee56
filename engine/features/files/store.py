"""Files in the database."""

import builtins
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from engine.features.files.model import StoredFile
from engine.features.files.tables import files
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into

_columns = files.c
_rows = Mapped(StoredFile, files)
_own = _columns.account == bindparam("account")
_insert = insert_into(files)
_get = Statement(_rows.select.where(_own, _columns.id == bindparam("id")))
_by_id = Statement(_rows.select.where(_columns.id == bindparam("id")))
_usage = Statement(select(func.count(), func.coalesce(func.sum(_columns.bytes), 0)).where(_own))
_remove = Statement(delete(files).where(_columns.id == bindparam("id")))
_ids = Statement(select(_columns.id).where(_own))


def add(conn: Connection, file: StoredFile) -> None:
    """Store a new file."""
    _insert.run(conn, **plain(file))


def get(conn: Connection, account: str, id: str) -> StoredFile | None:
    """Return an account's file by its id."""
    return _rows.one(conn, _get, account=account, id=id)


def by_id(conn: Connection, id: str) -> StoredFile | None:
    """Return a file of whatever account."""
    return _rows.one(conn, _by_id, id=id)


def several(conn: Connection, account: str, ids: Sequence[str]) -> builtins.list[StoredFile]:
    """Return files of an account by their ids, in any order."""
    found: builtins.list[StoredFile] = []
    for first in range(0, len(ids), _AT_ONCE):
        some = _columns.id.in_(ids[first : first + _AT_ONCE])
        found += _rows.each(conn.execute(_rows.select.where(_columns.account == account, some)))
    return found


_AT_ONCE = 500  # values of one statement: databases have a limit


def usage(conn: Connection, account: str) -> tuple[int, int]:
    """Return how many files an account has, and how many bytes."""
    row = _usage.first(conn, account=account)
    return (int(row[0]), int(row[1])) if row else (0, 0)


def ids(conn: Connection, account: str) -> builtins.list[str]:
    """Return the ids of an account's files."""
    return [str(row[0]) for row in _ids.all(conn, account=account)]


def all_ids(conn: Connection) -> set[str]:
    """Return the ids of the files of all accounts."""
    return set(conn.scalars(select(_columns.id)))


def page(conn: Connection, account: str, limit: int, before: StoredFile | None) -> builtins.list[StoredFile]:
    """Return files, the newest first: those older than `before`."""
    query = _rows.select.where(_columns.account == account)
    if before is not None:
        same = (_columns.created == before.created) & (_columns.id < before.id)
        query = query.where(or_(_columns.created < before.created, same))
    return _rows.each(conn.execute(query.order_by(_columns.created.desc(), _columns.id.desc()).limit(limit)))


def remove(conn: Connection, id: str) -> None:
    """Delete a file."""
    _remove.run(conn, id=id)
