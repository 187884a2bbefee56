"""Details in the database."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam
from sqlalchemy import delete as delete_from

from engine.features.details.model import Details
from engine.features.details.tables import details
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, insert_into

_rows = Mapped(Details, details, converters={"fields": msgspec.json.decode})
_of_kind = (details.c.account == bindparam("account"), details.c.kind == bindparam("kind"))
_one = (*_of_kind, details.c.id == bindparam("id"))
_get = Statement(_rows.select.where(*_one))
_list = Statement(_rows.select.where(*_of_kind).order_by(details.c.id))
_delete = Statement(delete_from(details).where(*_one))
_insert = insert_into(details)


def get(conn: Connection, account: str, kind: str, id: str) -> Details | None:
    """Return the details of one thing."""
    return _rows.one(conn, _get, account=account, kind=kind, id=id)


def list(conn: Connection, account: str, kind: str) -> builtins.list[Details]:
    """Return the details of all things of a kind, by their ids."""
    return _rows.all(conn, _list, account=account, kind=kind)


def put(conn: Connection, row: Details) -> None:
    """Store the details of one thing instead of those it had."""
    delete(conn, row.account, row.kind, row.id)
    _insert.run(conn, **plain(row) | {"fields": to_json(row.fields)})


def delete(conn: Connection, account: str, kind: str, id: str) -> bool:
    """Delete the details of one thing; returns whether it had any."""
    return _delete.run(conn, account=account, kind=kind, id=id) > 0
