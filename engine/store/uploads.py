"""Uploaded prompts, by the names that their accounts gave them."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from engine.store import tables
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into


class UploadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an account. `file` is its random name on disk, `digest` the SHA-256 of its bytes in hex."""

    account: str
    name: str
    file: str
    digest: str
    bytes: int
    seconds: float
    created: float


_table = tables.uploads
_upload = Mapped(UploadRow, _table)
_one = (_table.c.account == bindparam("account"), _table.c.name == bindparam("name"))
_insert = insert_into(_table)
_get = Statement(_upload.select.where(*_one))
_delete = Statement(delete(_table).where(*_one))
_list = Statement(_upload.select.where(_table.c.account == bindparam("account")).order_by(_table.c.name))
_count = Statement(select(func.count()).select_from(_table).where(_table.c.account == bindparam("account")))


def put(conn: Connection, upload: UploadRow) -> UploadRow | None:
    """Store a file under its name; returns the file that had the name before, or None."""
    before = remove(conn, upload.account, upload.name)
    _insert.run(conn, **plain(upload))
    return before


def get(conn: Connection, account: str, name: str) -> UploadRow | None:
    """Return an account's file by its name."""
    return _upload.one(conn, _get, account=account, name=name)


def list(conn: Connection, account: str) -> builtins.list[UploadRow]:
    """Return an account's files by name."""
    return _upload.all(conn, _list, account=account)


def count(conn: Connection, account: str) -> int:
    """Return how many files an account has."""
    return int(_count.value(conn, account=account))


def remove(conn: Connection, account: str, name: str) -> UploadRow | None:
    """Delete a file's row; returns the file, or None if there was none."""
    found = get(conn, account, name)
    if found:
        _delete.run(conn, account=account, name=name)
    return found
