"""Threads and the marks of their texts in the database."""

import builtins
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, or_, select, update

from engine.features.messaging.model import VERIFICATION, Direction, Message
from engine.features.messaging.store.messages import read_rows
from engine.features.messaging.tables import message_marks, messages, text_threads
from engine.features.messaging.threads.model import Thread, ThreadText
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into

_threads, _marks, _texts = text_threads.c, message_marks.c, messages.c
_rows = Mapped(Thread, text_threads)
_insert = insert_into(text_threads)
_pair = (
    _threads.account == bindparam("account"),
    _threads.ours == bindparam("ours"),
    _threads.theirs == bindparam("theirs"),
)
_get = Statement(_rows.select.where(_threads.account == bindparam("account"), _threads.id == bindparam("id")))
_by_pair = Statement(_rows.select.where(*_pair))
_count = Statement(select(func.count()).select_from(text_threads).where(_threads.account == bindparam("account")))
_list = Statement(
    _rows.select.where(_threads.account == bindparam("account"))
    .order_by(_threads.updated.desc(), _threads.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_AT_ONCE = 1000
"""Marks that are written by one statement: SQLite takes 32,766 variables (SQLITE_MAX_VARIABLE_NUMBER)."""


def add(conn: Connection, thread: Thread) -> None:
    """Store a new thread."""
    _insert.run(conn, **plain(thread))


def get(conn: Connection, account: str, id: str) -> Thread | None:
    """Return a thread by its id."""
    return _rows.one(conn, _get, account=account, id=id)


def by_pair(conn: Connection, account: str, ours: str, theirs: str) -> Thread | None:
    """Return the thread of two numbers."""
    return _rows.one(conn, _by_pair, account=account, ours=ours, theirs=theirs)


def touch(conn: Connection, thread: Thread, at: float) -> None:
    """Note that a thread has a text of this time."""
    later = _threads.updated < at
    conn.execute(update(text_threads).where(_threads.id == thread.id, later).values(updated=at))


def count(conn: Connection, account: str) -> int:
    """Return how many threads an account has."""
    return int(_count.value(conn, account=account))


def list(conn: Connection, account: str, limit: int, offset: int) -> builtins.list[Thread]:
    """Return threads, the one with the newest text first."""
    return _rows.all(conn, _list, account=account, most=limit, skipped=offset)


def drop(conn: Connection, thread: Thread) -> None:
    """Delete a thread; its texts stay."""
    conn.execute(delete(text_threads).where(_threads.id == thread.id))


def with_text(conn: Connection, account: str, text: str, limit: int) -> builtins.list[Thread]:
    """Return the threads in one of whose texts a text is, in any case; the one with the newest text first."""
    joined = or_(
        and_(_texts.direction == Direction.OUT, _texts.sender == _threads.ours, _texts.recipient == _threads.theirs),
        and_(_texts.direction == Direction.IN, _texts.sender == _threads.theirs, _texts.recipient == _threads.ours),
    )
    found = func.lower(_texts.text).contains(text.lower(), autoescape=True)
    hidden = select(_marks.message).where(_marks.message == _texts.id, _marks.hidden).exists()
    there = select(_texts.id).where(_texts.account == account, joined, found, _SHOWN, ~hidden).exists()
    query = _rows.select.where(_threads.account == account, there)
    return _rows.each(conn.execute(query.order_by(_threads.updated.desc(), _threads.id.desc()).limit(limit)))


_SHOWN: ColumnElement[bool] = _texts.origin != VERIFICATION


def _of(thread: Thread) -> Select[Any]:
    """Select the texts of a thread that are shown, with whether each was read."""
    sent = and_(_texts.direction == Direction.OUT, _texts.sender == thread.ours, _texts.recipient == thread.theirs)
    came = and_(_texts.direction == Direction.IN, _texts.sender == thread.theirs, _texts.recipient == thread.ours)
    read = or_(_texts.direction == Direction.OUT, func.coalesce(_marks.read, False))
    query: Select[Any] = select(_texts.id, read).outerjoin(message_marks, _marks.message == _texts.id)
    shown = or_(_marks.hidden.is_(None), _marks.hidden.is_(False))
    return query.where(_texts.account == thread.account, or_(sent, came), _SHOWN, shown)


def count_texts(conn: Connection, thread: Thread, *, unread: bool = False) -> int:
    """Return how many texts a thread has, or how many of them are unread."""
    query = _of(thread)
    if unread:
        query = query.where(_texts.direction == Direction.IN, ~func.coalesce(_marks.read, False))
    return int(conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def texts(conn: Connection, thread: Thread, limit: int, offset: int) -> builtins.list[ThreadText]:
    """Return the texts of a thread, the newest first."""
    query = _of(thread).order_by(_texts.created.desc(), _texts.id.desc()).limit(limit).offset(offset)
    return _read(conn, conn.execute(query).all())


def text(conn: Connection, thread: Thread, id: str) -> ThreadText | None:
    """Return one text of a thread."""
    return next(iter(_read(conn, conn.execute(_of(thread).where(_texts.id == id)).all())), None)


def these(conn: Connection, thread: Thread, ids: Sequence[str]) -> builtins.list[ThreadText]:
    """Return texts of a thread by their ids, in this order; those that it does not have are left out."""
    found = {each.message.id: each for each in _read(conn, conn.execute(_of(thread).where(_texts.id.in_(ids))).all())}
    return [found[id] for id in ids if id in found]


def _read(conn: Connection, rows: Sequence[Any]) -> builtins.list[ThreadText]:
    found = [(str(row[0]), bool(row[1])) for row in rows]
    by_id: dict[str, Message] = {each.id: each for each in read_rows(conn, [id for id, _ in found])}
    return [ThreadText(by_id[id], read) for id, read in found]


def mark(
    conn: Connection, account: str, ids: Sequence[str], *, read: bool | None = None, hidden: bool | None = None
) -> None:
    """Note that texts were read, or are to be shown no more; None: as it is."""
    given = {name: value for name, value in (("read", read), ("hidden", hidden)) if value is not None}
    there = _marks.message.in_(ids)
    known = set(conn.scalars(select(_marks.message).where(there)))
    if known:
        conn.execute(update(message_marks).where(there).values(**given))
    if new := [id for id in ids if id not in known]:
        marked = {"account": account, "read": False, "hidden": False} | given
        conn.execute(insert(message_marks), [{"message": id} | marked for id in new])


def hide_all(conn: Connection, thread: Thread) -> None:
    """Show no text of a thread any more."""
    ids = [str(row[0]) for row in conn.execute(_of(thread)).all()]
    for first in range(0, len(ids), _AT_ONCE):
        mark(conn, thread.account, ids[first : first + _AT_ONCE], hidden=True)
