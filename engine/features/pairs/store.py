"""Pairs in the database."""

import builtins
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, select

from engine.features.pairs.model import Pair, State, WantedPair
from engine.features.pairs.tables import pairs
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import calls

_rows = Mapped(Pair, pairs, converters={"legs": lambda text: msgspec.json.decode(text)})
_insert = insert_into(pairs)
_updates = Updates(pairs, "id")
_ONE = pairs.c.id == bindparam("the_id")
_get = Statement(_rows.select.where(_ONE))
_wanted = Statement(select(pairs.c.wanted).where(_ONE))
_live = Statement(select(pairs.c.id).where(pairs.c.ended.is_(None)))
_never_placed = (pairs.c.state == State.CALLING, ~exists().where(calls.c.id == pairs.c.id))
_withdraw = Statement(delete(pairs).where(_ONE, *_never_placed))
_withdraw_all = Statement(delete(pairs).where(*_never_placed))
_wants = msgspec.json.Decoder(WantedPair)


def insert(conn: Connection, pair: Pair, wanted: WantedPair) -> None:
    """Store a new pair."""
    _insert.run(conn, **plain(pair) | {"legs": to_json(pair.legs), "wanted": to_json(wanted)})


def change(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a pair."""
    if "legs" in fields:
        fields["legs"] = to_json(fields["legs"])
    _updates.run(conn, id, fields)


def get(conn: Connection, id: str) -> Pair | None:
    """Return a pair by its id."""
    return _rows.one(conn, _get, the_id=id)


def wanted(conn: Connection, id: str) -> WantedPair:
    """Return what a pair was placed with; raises msgspec.DecodeError for what cannot be read."""
    return _wants.decode(_wanted.value(conn, the_id=id))


def live(conn: Connection) -> builtins.list[str]:
    """Return the ids of all pairs that have not ended."""
    return [row[0] for row in _live.all(conn)]


def scheduled(conn: Connection, account: str) -> builtins.list[str]:
    """Return the ids of an account's pairs that have not begun."""
    wanted = (pairs.c.account == account, pairs.c.state == State.SCHEDULED)
    return [row[0] for row in conn.execute(select(pairs.c.id).where(*wanted).order_by(pairs.c.id))]


def withdraw(conn: Connection, id: str) -> bool:
    """Delete a pair that was to be placed at once and has no call; False for every other one."""
    return _withdraw.run(conn, the_id=id) > 0


def withdraw_all(conn: Connection) -> int:
    """Delete all of these: their controller ended before it placed them, and nobody was told of them."""
    return _withdraw_all.run(conn)


def page(conn: Connection, account: str | None, limit: int, before: str | None) -> builtins.list[Pair]:
    """Return pairs of an account, or of all, newest first; `before` is the last id of the previous page."""
    query = _rows.select.order_by(pairs.c.id.desc()).limit(limit)
    if account is not None:
        query = query.where(pairs.c.account == account)
    if before is not None:
        query = query.where(pairs.c.id < before)
    return _rows.each(conn.execute(query))
