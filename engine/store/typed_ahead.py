"""Digits typed ahead: stored until a task takes them, so that they survive a restart."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from engine.store.statement import Statement, insert_into
from engine.store.tables import typed_ahead


class TypedDigit(NamedTuple):
    """One digit; `event` is its DigitPressed."""

    call: str
    digit: str
    event: str


_COLUMNS = (typed_ahead.c.call, typed_ahead.c.digit, typed_ahead.c.event)
_add = insert_into(typed_ahead, without=("position",))
_remove = Statement(delete(typed_ahead).where(typed_ahead.c.event == bindparam("the_event")))
_clear = Statement(delete(typed_ahead).where(typed_ahead.c.call == bindparam("the_call")))
_all = Statement(select(*_COLUMNS).order_by(typed_ahead.c.position))


def add(conn: Connection, typed: TypedDigit) -> None:
    """Append a digit to those of its call."""
    _add.run(conn, call=typed.call, digit=typed.digit, event=typed.event)


def remove(conn: Connection, event: str) -> None:
    """Delete a digit that a task took."""
    _remove.run(conn, the_event=event)


def clear(conn: Connection, call: str) -> None:
    """Delete all digits of a call."""
    _clear.run(conn, the_call=call)


def all(conn: Connection) -> list[TypedDigit]:
    """Return the digits of all calls, in the order in which they were pressed."""
    return [TypedDigit(*row) for row in _all.all(conn)]
