"""Durable cursors: the positions of the event consumers."""

from sqlalchemy import Connection, bindparam, select

from engine.store.statement import Statement
from engine.store.tables import cursors

_get = Statement(select(cursors.c.position).where(cursors.c.name == bindparam("name")))
_set = Statement(
    lambda insert: (
        insert(cursors)
        .values(name=bindparam("name"), position=bindparam("position"))
        .on_conflict_do_update(index_elements=[cursors.c.name], set_={"position": bindparam("position")})
    )
)


def get(conn: Connection, name: str) -> int | None:
    """Return the position of a cursor; None if there is no such cursor."""
    position = _get.value(conn, name=name)
    return None if position is None else int(position)


def put(conn: Connection, name: str, position: int) -> None:
    """Move a cursor, or make one."""
    _set.run(conn, name=name, position=position)
