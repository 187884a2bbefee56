"""What becomes of recordings after they were finished, and what of them is shown."""

import builtins

from sqlalchemy import Connection, and_, bindparam, or_, update

from engine.store import tables
from engine.store.recordings import RecordingRow, get
from engine.store.rows import Mapped
from engine.store.statement import Statement

__all__ = ["RecordingRow", "get", "given_up", "list", "made_available", "mark_deleted", "of_owner", "pending"]

_table = tables.recordings
_recording = Mapped(RecordingRow, _table)
_CUSTOMERS = _table.c.purpose == ""
_one = _table.c.id == bindparam("the_id")
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
            _table.c.destination != "",  # what is there is still to be deleted here
            and_(_table.c.available.is_(None), or_(_table.c.format != "wav", _table.c.notify)),
        ),
    ).order_by(_table.c.id)
)
_of_owner = Statement(
    _recording.select.where(_table.c.owner == bindparam("owner"), _CUSTOMERS).order_by(_table.c.created, _table.c.id)
)


def made_available(conn: Connection, id: str, destination: str, bytes: int, at: float) -> None:
    """Store that a recording's file has reached its destination, with its address and size."""
    _available.run(conn, the_id=id, destination=destination, bytes=bytes, available=at)


def given_up(conn: Connection, id: str, error: str) -> None:
    """Store why a recording's file will not reach its destination."""
    _error.run(conn, the_id=id, error=error)


def pending(conn: Connection) -> builtins.list[RecordingRow]:
    """Return the finished recordings whose files are not, or not only, at their destination."""
    return _recording.all(conn, _pending)


def of_owner(conn: Connection, owner: str) -> builtins.list[RecordingRow]:
    """Return a call's or conference's recordings, oldest first, deleted ones too."""
    return _recording.all(conn, _of_owner, owner=owner)


def list(
    conn: Connection, account: str | None = None, *, limit: int = 100, before: str | None = None
) -> builtins.list[RecordingRow]:
    """Return recordings that are not deleted, newest first; `before` is the last id of the previous page."""
    query = _recording.select.where(_table.c.deleted.is_(None), _CUSTOMERS).order_by(_table.c.id.desc()).limit(limit)
    if account is not None:
        query = query.where(_table.c.account == account)
    if before is not None:
        query = query.where(_table.c.id < before)
    return _recording.each(conn.execute(query))


def mark_deleted(conn: Connection, id: str, at: float) -> bool:
    """Store that a recording's file was deleted; returns False if it was deleted before, or is unknown."""
    return _delete.run(conn, the_id=id, deleted=at) > 0
