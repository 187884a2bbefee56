"""Recordings: their owners, files, and the names in customers' links."""

import builtins

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select, update

from engine.store import tables
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into


class RecordingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of `owner` (a call or a conference); `seconds` and `bytes` are None until it is finished.

    `destination` "" is our own store; `available` is when the file arrived there, `error` why it will not arrive.
    """

    id: str
    account: str
    owner: str
    task: str
    name: str
    created: float
    seconds: float | None = None
    bytes: int | None = None
    deleted: float | None = None
    format: str = "wav"
    destination: str = ""
    notify: bool = False
    available: float | None = None
    error: str | None = None


_table = tables.recordings
_recording = Mapped(RecordingRow, _table)
_insert = insert_into(_table)
_one = _table.c.id == bindparam("the_id")
_finish = Statement(update(_table).where(_one).values(seconds=bindparam("seconds"), bytes=bindparam("bytes")))
_delete = Statement(update(_table).where(_one, _table.c.deleted.is_(None)).values(deleted=bindparam("deleted")))
_available = Statement(
    update(_table)
    .where(_one)
    .values(available=bindparam("available"), destination=bindparam("destination"), bytes=bindparam("bytes"))
)
_error = Statement(update(_table).where(_one).values(error=bindparam("error")))
_pending = Statement(
    _recording.select.where(
        _table.c.seconds.is_not(None),
        _table.c.error.is_(None),
        _table.c.deleted.is_(None),
        or_(
            _table.c.destination != "",  # after the upload the local file is still to be deleted
            and_(_table.c.available.is_(None), or_(_table.c.format != "wav", _table.c.notify)),
        ),
    ).order_by(_table.c.id)
)
_get = Statement(_recording.select.where(_one))
_of_owner = Statement(
    _recording.select.where(_table.c.owner == bindparam("owner")).order_by(_table.c.created, _table.c.id)
)
_names = Statement(select(_table.c.name).where(_table.c.owner == bindparam("owner")))


def begin(conn: Connection, recording: RecordingRow) -> None:
    """Store a recording that is about to begin."""
    _insert.run(conn, **plain(recording))


def finish(conn: Connection, id: str, seconds: float, bytes: int) -> None:
    """Store the length and size of a finished recording."""
    _finish.run(conn, the_id=id, seconds=seconds, bytes=bytes)


def made_available(conn: Connection, id: str, destination: str, bytes: int, at: float) -> None:
    """Store that a recording's file has reached its destination, with its address and size."""
    _available.run(conn, the_id=id, destination=destination, bytes=bytes, available=at)


def given_up(conn: Connection, id: str, error: str) -> None:
    """Store why a recording's file will not reach its destination."""
    _error.run(conn, the_id=id, error=error)


def pending(conn: Connection) -> builtins.list[RecordingRow]:
    """Return the finished recordings whose files are not, or not only, at their destination."""
    return _recording.all(conn, _pending)


def get(conn: Connection, id: str) -> RecordingRow | None:
    """Return a recording by its id, even if it was deleted."""
    return _recording.one(conn, _get, the_id=id)


def of_owner(conn: Connection, owner: str) -> builtins.list[RecordingRow]:
    """Return a call's or conference's recordings, oldest first, deleted ones too."""
    return _recording.all(conn, _of_owner, owner=owner)


def list(
    conn: Connection, account: str | None = None, *, limit: int = 100, before: str | None = None
) -> builtins.list[RecordingRow]:
    """Return recordings that are not deleted, newest first; `before` is the last id of the previous page."""
    query = _recording.select.where(_table.c.deleted.is_(None)).order_by(_table.c.id.desc()).limit(limit)
    if account is not None:
        query = query.where(_table.c.account == account)
    if before is not None:
        query = query.where(_table.c.id < before)
    return _recording.each(conn.execute(query))


def mark_deleted(conn: Connection, id: str, at: float) -> bool:
    """Store that a recording's file was deleted; returns False if it was deleted before, or is unknown."""
    return _delete.run(conn, the_id=id, deleted=at) > 0


def unused_name(conn: Connection, owner: str, wanted: str) -> str:
    """Return the first of `wanted`, `wanted-2`, `wanted-3`, … that no recording of this owner has."""
    taken = {row[0] for row in _names.all(conn, owner=owner)}
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    return name
