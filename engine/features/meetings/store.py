"""Meetings in the database."""

import builtins

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy import delete as delete_from

from engine.features.meetings.model import Meeting
from engine.features.meetings.tables import meetings
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into

_rows = Mapped(Meeting, meetings)
_insert = insert_into(meetings)
_updates = Updates(meetings, "id")
_named = Statement(_rows.select.where(meetings.c.id == bindparam("id")))
_list = Statement(
    _rows.select.where(meetings.c.account == bindparam("account")).order_by(meetings.c.created, meetings.c.id)
)
_count = Statement(select(func.count()).select_from(meetings).where(meetings.c.account == bindparam("account")))
_delete = Statement(delete_from(meetings).where(meetings.c.id == bindparam("id")))


def add(conn: Connection, meeting: Meeting) -> None:
    """Store a new meeting."""
    _insert.run(conn, **plain(meeting))


def update(conn: Connection, meeting: Meeting) -> None:
    """Store a meeting as it is now."""
    _updates.run(conn, meeting.id, plain(meeting))


def named(conn: Connection, id: str) -> Meeting | None:
    """Return a meeting of any account."""
    return _rows.one(conn, _named, id=id)


def get(conn: Connection, account: str, id: str) -> Meeting | None:
    """Return a meeting of an account."""
    found = named(conn, id)
    return found if found and found.account == account else None


def list(conn: Connection, account: str) -> builtins.list[Meeting]:
    """Return the meetings of an account, the oldest first."""
    return _rows.all(conn, _list, account=account)


def count(conn: Connection, account: str) -> int:
    """Return how many meetings an account has."""
    return int(_count.value(conn, account=account))


def delete(conn: Connection, id: str) -> None:
    """Delete a meeting."""
    _delete.run(conn, id=id)
