"""Messages in boxes."""

import builtins
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select

from engine.features.voicemail.model import Counts, Folder, Message, Usage
from engine.features.voicemail.tables import voicemails
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into

_c = voicemails.c
_message = Mapped(Message, voicemails)
_insert = insert_into(voicemails)
_updates = Updates(voicemails, "id")
_get = Statement(_message.select.where(_c.id == bindparam("the_id")))
_of_recording = Statement(select(_c.id).where(_c.recording == bindparam("recording")))
_delete = Statement(delete(voicemails).where(_c.id == bindparam("the_id")))
_of_box = Statement(_message.select.where(_c.box == bindparam("box")).order_by(_c.received, _c.id))
_NEW = and_(_c.folder == Folder.INBOX.value, _c.read.is_(False))
_counts = Statement(
    select(func.coalesce(func.sum(case((_NEW, 1), else_=0)), 0), func.count()).where(
        _c.box == bindparam("box"), _c.folder != Folder.TRASH.value
    )
)
_SUMS = (func.count(), func.coalesce(func.sum(_c.seconds), 0.0), func.coalesce(func.sum(_c.bytes), 0))
_KEPT = _c.folder != Folder.TRASH.value
_usage = Statement(select(*_SUMS).where(_c.box == bindparam("box"), _KEPT))
_trash = Statement(select(*_SUMS).where(_c.box == bindparam("box"), _c.folder == Folder.TRASH.value))
_oldest_trash = Statement(
    _message.select.where(_c.box == bindparam("box"), _c.folder == Folder.TRASH.value).order_by(_c.deleted, _c.id)
)
_usages = Statement(select(_c.box, *_SUMS).where(_KEPT).group_by(_c.box))
_files = Statement(select(_c.file))
_of_account = Statement(_message.select.where(_c.account == bindparam("account")))


def add(conn: Connection, message: Message, recording: str | None = None) -> None:
    """Store a new message, made of a recording."""
    _insert.run(conn, **plain(message), recording=recording)


def update(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a message."""
    _updates.run(conn, id, fields)


def get(conn: Connection, id: str) -> Message | None:
    """Return a message of whatever account."""
    return _message.one(conn, _get, the_id=id)


def is_taken(conn: Connection, recording: str) -> bool:
    """Whether a message was made of a recording."""
    return _of_recording.first(conn, recording=recording) is not None


def remove(conn: Connection, id: str) -> None:
    """Delete a message."""
    _delete.run(conn, the_id=id)


def of_box(conn: Connection, box: str) -> builtins.list[Message]:
    """Return all messages of a box, the trash included, the oldest first."""
    return _message.all(conn, _of_box, box=box)


def of_account(conn: Connection, account: str) -> builtins.list[Message]:
    """Return all messages of an account."""
    return _message.all(conn, _of_account, account=account)


def page(
    conn: Connection,
    account: str | None,
    *,
    box: str | None = None,
    folder: Folder | None = None,
    caller: str | None = None,
    read: bool | None = None,
    since: float | None = None,
    until: float | None = None,
    before: tuple[float, str] | None = None,
    limit: int = 100,
) -> builtins.list[Message]:
    """Return messages, the newest first: of a folder, or (None) all but those in the trash.

    `since` and `until` are times of the oldest and (excluded) the newest; `before`: when one was received, and its id.
    """
    wanted = [_c.folder != Folder.TRASH.value if folder is None else _c.folder == folder.value]
    wanted += [] if account is None else [_c.account == account]
    wanted += [] if box is None else [_c.box == box]
    wanted += [] if caller is None else [_c.caller == caller]
    wanted += [] if read is None else [_c.read.is_(read)]
    wanted += [] if since is None else [_c.received >= since]
    wanted += [] if until is None else [_c.received < until]
    if before is not None:
        wanted.append(or_(_c.received < before[0], and_(_c.received == before[0], _c.id < before[1])))
    query = _message.select.where(*wanted).order_by(_c.received.desc(), _c.id.desc()).limit(limit)
    return _message.each(conn.execute(query))


def counts(conn: Connection, box: str) -> Counts:
    """Return how many messages a box has outside of the trash."""
    new, total = _counts.first(conn, box=box) or (0, 0)
    return Counts(int(new), int(total) - int(new))


def usage(conn: Connection, box: str) -> Usage:
    """Return what a box holds outside of the trash."""
    count, seconds, size = _usage.first(conn, box=box) or (0, 0.0, 0)
    return Usage(int(count), float(seconds), int(size))


def trash(conn: Connection, box: str) -> Usage:
    """Return what the trash of a box holds."""
    count, seconds, size = _trash.first(conn, box=box) or (0, 0.0, 0)
    return Usage(int(count), float(seconds), int(size))


def in_trash(conn: Connection, box: str) -> builtins.list[Message]:
    """Return the messages in the trash of a box, the one first that was put there first."""
    return _message.all(conn, _oldest_trash, box=box)


def usages(conn: Connection) -> dict[str, Usage]:
    """Return what each box holds outside of the trash, by its id; a box without messages is left out."""
    return {row[0]: Usage(int(row[1]), float(row[2]), int(row[3])) for row in _usages.all(conn)}


def expired(conn: Connection, box: str, *, arrived: float, deleted: float, most: int) -> builtins.list[Message]:
    """Return messages of a box that came into it, or into its trash, before these moments; the oldest first."""
    old = or_(_c.arrived < arrived, _c.deleted < deleted)
    query = _message.select.where(_c.box == box, old).order_by(_c.received, _c.id).limit(most)
    return _message.each(conn.execute(query))


def arrived_before(conn: Connection, moment: float, most: int) -> builtins.list[Message]:
    """Return messages of all boxes that came into theirs before a moment; the oldest first."""
    query = _message.select.where(_c.arrived < moment).order_by(_c.arrived, _c.id).limit(most)
    return _message.each(conn.execute(query))


def files(conn: Connection) -> set[str]:
    """Return the names of all messages' files."""
    return {row[0] for row in _files.all(conn)}
