"""Recordings as the call core writes them: begun and finished in the transactions of their tasks.

What becomes of a finished one is written by engine.features.recordings, whose store has the same table.
"""

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, update

from engine.store import tables
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into


class RecordingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of `owner` (a call or a conference); `seconds` and `bytes` are None until it is finished.

    `destination` "" is our own store; `available` is when the file arrived there, `error` why it will not arrive.
    `purpose` is what a feature made it for; "": it is the customer's.
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
    purpose: str = ""


_table = tables.recordings
_recording = Mapped(RecordingRow, _table)
_insert = insert_into(_table)
_get = Statement(_recording.select.where(_table.c.id == bindparam("the_id")))
_forget = Statement(delete(_table).where(_table.c.id == bindparam("the_id"), _table.c.purpose != ""))
_finish = Statement(
    update(_table)
    .where(_table.c.id == bindparam("the_id"))
    .values(seconds=bindparam("seconds"), bytes=bindparam("bytes"))
)
_names = Statement(select(_table.c.name).where(_table.c.owner == bindparam("owner")))


def begin(conn: Connection, recording: RecordingRow) -> None:
    """Store a recording that is about to begin."""
    _insert.run(conn, **plain(recording))


def finish(conn: Connection, id: str, seconds: float, bytes: int) -> None:
    """Store the length and size of a finished recording."""
    _finish.run(conn, the_id=id, seconds=seconds, bytes=bytes)


def forget(conn: Connection, id: str) -> None:
    """Take the row of a recording away that a feature made for itself, and has taken over."""
    _forget.run(conn, the_id=id)


def get(conn: Connection, id: str) -> RecordingRow | None:
    """Return a recording by its id, even if it was deleted."""
    return _recording.one(conn, _get, the_id=id)


def unused_name(conn: Connection, owner: str, wanted: str) -> str:
    """Return the first of `wanted`, `wanted-2`, `wanted-3`, … that no recording of this owner has."""
    taken = {row[0] for row in _names.all(conn, owner=owner)}
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    return name
