"""Calls as last committed."""

import builtins
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, and_, bindparam, or_, select

from engine.model.call import Call
from engine.model.verstat import Verstat
from engine.store import call_data, tables
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Row, Statement, insert_into

_table = tables.calls
# These never change, or only when another application takes a call over:
_FIXED = (
    "id", "root", "account", "direction", "created", "whole", "manner", "headers", "diverted_from", "private",
    "verstat",
)  # fmt: skip
_data = tables.call_data


class _Calls(Mapped[Call]):
    """Reads calls with what customers stored with them."""

    def __init__(self) -> None:
        super().__init__(
            Call,
            _table,
            converters={
                "manner": lambda text: None if text is None else msgspec.json.decode(text),
                "headers": lambda text: () if text is None else msgspec.json.decode(text),
                "verstat": lambda text: None if text is None else msgspec.json.decode(text, type=Verstat),
            },
        )
        with_data = _table.outerjoin(_data, _data.c.call == _table.c.id)
        columns = (*(_table.c[name] for name in self.names), _data.c.dialect, _data.c.address, _data.c["values"])
        self.select = select(*columns).select_from(with_data)

    def of(self, row: Row) -> Call:
        call, data = super().of(row[:-3]), call_data.read(*row[-3:])
        return call if data is None else msgspec.structs.replace(call, data=data)


_call = _Calls()
_insert = insert_into(_table)
_update = Statement(
    sqlalchemy.update(_table)
    .where(_table.c.id == bindparam("call"))
    .values({c.name: bindparam(c.name) for c in _table.c if c.name not in _FIXED})
)
_take_over = Statement(
    sqlalchemy.update(_table)
    .where(_table.c.id == bindparam("call"))
    .values({name: bindparam(name) for name in ("application", "whole", "headers", "diverted_from")})
)
_join_tree = Statement(
    sqlalchemy.update(_table)
    .where(_table.c.id == bindparam("call"))
    .values({name: bindparam(name) for name in ("root", "whole")})
)
_withdraw = Statement(sqlalchemy.delete(_table).where(_table.c.id == bindparam("call")))
_withdraw_tasks = Statement(sqlalchemy.delete(tables.tasks).where(tables.tasks.c.owner == bindparam("owner")))
_get = Statement(_call.select.where(_table.c.id == bindparam("id")))
_live = Statement(
    _call.select.where(_table.c.ari_application == bindparam("ari_application"), _table.c.ended.is_(None)).order_by(
        _table.c.created, _table.c.id
    )
)
_all_live = Statement(_call.select.where(_table.c.ended.is_(None)).order_by(_table.c.created, _table.c.id))
_by_root = Statement(_call.select.where(_table.c.root == bindparam("root")).order_by(_table.c.created, _table.c.id))


def _columns(call: Call) -> dict[str, Any]:
    """Return a call's own columns as the driver takes them."""
    return plain(call if call.data is None else msgspec.structs.replace(call, data=None))


def insert(conn: Connection, call: Call) -> None:
    """Store a new call."""
    options = None if call.options is None else to_json(call.options)
    headers = to_json(call.headers) if call.headers else None
    verstat = None if call.verstat is None else to_json(call.verstat)
    _insert.run(conn, **_columns(call) | {"manner": options, "headers": headers, "verstat": verstat})
    if call.data:
        call_data.insert(conn, call.id, call.data)


def update(conn: Connection, call: Call) -> None:
    """Store a call's new version, except for its data (engine.store.call_data)."""
    _update.run(conn, call=call.id, **_columns(call))


def take_over(conn: Connection, call: Call) -> None:
    """Store a call's new application and what depends on it: data, headers, whether the tree's end is reported."""
    values = _columns(call) | {"headers": to_json(call.headers) if call.headers else None}
    names = ("application", "whole", "headers", "diverted_from")
    _take_over.run(conn, call=call.id, **{name: values[name] for name in names})
    call_data.replace(conn, call.id, call.data)


def join_tree(conn: Connection, call: Call) -> None:
    """Store that a call is a leg of another root now, and whether the end of that tree is reported."""
    values = _columns(call)
    _join_tree.run(conn, call=call.id, root=values["root"], whole=values["whole"])


def withdraw(conn: Connection, id: str) -> None:
    """Delete a call that never began, with its tasks, as if it had not been requested."""
    _withdraw_tasks.run(conn, owner=id)
    call_data.remove(conn, id)
    _withdraw.run(conn, call=id)


def get(conn: Connection, id: str) -> Call | None:
    """Return a call by its id."""
    return _call.one(conn, _get, id=id)


def live(conn: Connection, ari_application: str) -> builtins.list[Call]:
    """Return the calls of an ARI application that have not ended, oldest first."""
    return _call.all(conn, _live, ari_application=ari_application)


def all_live(conn: Connection) -> builtins.list[Call]:
    """Return the calls of all ARI applications that have not ended, oldest first."""
    return _call.all(conn, _all_live)


def by_root(conn: Connection, root: str) -> builtins.list[Call]:
    """Return a call tree: the root and its other legs, oldest first."""
    return _call.all(conn, _by_root, root=root)


def list(
    conn: Connection,
    *,
    account: str | None = None,
    live: bool | None = None,
    since: float | None = None,
    limit: int = 100,
    before: str | None = None,
    older: tuple[float, str] | None = None,
) -> builtins.list[Call]:
    """Return calls, newest first: of one account, live or ended, created since (Unix seconds).

    `before` is the last id of the previous page; `older` is its creation and id.
    """
    query = _call.select.order_by(_table.c.created.desc(), _table.c.id.desc()).limit(limit)
    if account is not None:
        query = query.where(_table.c.account == account)
    if live is not None:
        query = query.where(_table.c.ended.is_(None) if live else _table.c.ended.is_not(None))
    if since is not None:
        query = query.where(_table.c.created >= since)
    if before is not None:
        last = select(_table.c.created).where(_table.c.id == before).scalar_subquery()
        query = query.where(or_(_table.c.created < last, and_(_table.c.created == last, _table.c.id < before)))
    if older is not None:
        at, id = older
        query = query.where(or_(_table.c.created < at, and_(_table.c.created == at, _table.c.id < id)))
    return _call.each(conn.execute(query))
