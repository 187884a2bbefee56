"""Conferences, and who is or was in them."""

from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, bindparam

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import conferences
from engine.store.tables import participants as _people


class ConferenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A conference as last committed. `moderator` is a call's id; `policy` is JSON; times are Unix seconds."""

    id: str
    account: str
    policy: str
    ari_application: str
    created: float
    tag: str = ""
    moderator: str | None = None
    started: float | None = None
    ended: float | None = None
    reason: str | None = None


class ParticipantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call's stay in a conference, by the task that brought it there; `left` None: it is still in."""

    conference: str
    call: str
    task: str
    joined: float
    left: float | None = None


_conference = Mapped(ConferenceRow, conferences)
_participant = Mapped(ParticipantRow, _people)
_insert = insert_into(conferences)
_updates = Updates(conferences, "id")
_get = Statement(_conference.select.where(conferences.c.id == bindparam("id")))
_live = Statement(
    _conference.select.where(
        conferences.c.ari_application == bindparam("ari_application"), conferences.c.ended.is_(None)
    ).order_by(conferences.c.created, conferences.c.id)
)
_stay = {name: _people.c[name] == bindparam(f"the_{name}") for name in ("conference", "call", "task")}
_joined = Statement(
    lambda insert: insert(_people).values({c.name: bindparam(c.name) for c in _people.c}).on_conflict_do_nothing()
)
_left = Statement(
    sqlalchemy.update(_people).where(*_stay.values(), _people.c.left.is_(None)).values(left=bindparam("left"))
)
_participants = Statement(
    _participant.select.where(_people.c.conference == bindparam("conference")).order_by(
        _people.c.joined, _people.c.call
    )
)


def insert(conn: Connection, conference: ConferenceRow) -> None:
    """Store a new conference."""
    _insert.run(conn, **plain(conference))


def update(conn: Connection, id: str, **fields: Any) -> bool:
    """Change fields of a conference; False where there is none."""
    return _updates.run(conn, id, fields) > 0


def get(conn: Connection, id: str) -> ConferenceRow | None:
    """Return a conference by its id."""
    return _conference.one(conn, _get, id=id)


def live(conn: Connection, ari_application: str) -> list[ConferenceRow]:
    """Return the conferences of an ARI application that have not ended, oldest first."""
    return _conference.all(conn, _live, ari_application=ari_application)


def joined(conn: Connection, conference: str, call: str, task: str, at: float) -> bool:
    """Note that a call joined; False where this task brought it there before."""
    return _joined.run(conn, conference=conference, call=call, task=task, joined=at, left=None) > 0


def left(conn: Connection, conference: str, call: str, task: str, at: float) -> bool:
    """Note that a call left; False where it was not in."""
    return _left.run(conn, the_conference=conference, the_call=call, the_task=task, left=at) > 0


def participants(conn: Connection, conference: str) -> list[ParticipantRow]:
    """Return everybody who is or was in a conference, in the order in which they joined."""
    return _participant.all(conn, _participants, conference=conference)
