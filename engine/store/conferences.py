"""Conferences and their participants, present and former."""

from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, bindparam

from engine.model.call_data import CallData
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import conferences
from engine.store.tables import participants as _people


class ConferenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A conference as last committed. `moderator` is a call's id; `policy` is JSON; times are Unix seconds.

    A conference with a `name` has no moderator. Its `reason` is set when it begins to end, which frees the name.
    """

    id: str
    account: str
    policy: str
    ari_application: str
    created: float
    data: CallData | None = None
    moderator: str | None = None
    started: float | None = None
    ended: float | None = None
    reason: str | None = None
    name: str | None = None


class ParticipantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call's stay in a conference, and the task that joined it; `left` None: it is still in the conference.

    `hold_music` is what it hears on hold; None: silence. `admin`: it leads the conference.
    """

    conference: str
    call: str
    task: str
    joined: float
    left: float | None = None
    muted: bool = False
    held: bool = False
    hold_music: str | None = None
    admin: bool = False


_conference = Mapped(
    ConferenceRow,
    conferences,
    converters={"data": lambda text: None if text is None else msgspec.json.decode(text)},
)
_participant = Mapped(ParticipantRow, _people)
_insert = insert_into(conferences)
_updates = Updates(conferences, "id")
_get = Statement(_conference.select.where(conferences.c.id == bindparam("id")))
_live = Statement(
    _conference.select.where(
        conferences.c.ari_application == bindparam("ari_application"), conferences.c.ended.is_(None)
    ).order_by(conferences.c.created, conferences.c.id)
)
_open_named = Statement(
    _conference.select.where(
        conferences.c.account == bindparam("account"),
        conferences.c.name == bindparam("name"),
        conferences.c.ended.is_(None),
        conferences.c.reason.is_(None),
    )
)
_insert_named = Statement(
    lambda insert: (
        insert(conferences).values({c.name: bindparam(c.name) for c in conferences.c}).on_conflict_do_nothing()
    )
)
_stay = {name: _people.c[name] == bindparam(f"the_{name}") for name in ("conference", "call", "task")}
_joined = Statement(
    lambda insert: insert(_people).values({c.name: bindparam(c.name) for c in _people.c}).on_conflict_do_nothing()
)
_left = Statement(
    sqlalchemy.update(_people).where(*_stay.values(), _people.c.left.is_(None)).values(left=bindparam("left"))
)
_by_task = Statement(
    sqlalchemy.select(_people.c.conference).where(_stay["call"], _stay["task"], _people.c.left.is_(None))
)
_muted = Statement(
    sqlalchemy.update(_people).where(*_stay.values(), _people.c.left.is_(None)).values(muted=bindparam("muted"))
)
_held = Statement(
    sqlalchemy.update(_people)
    .where(*_stay.values(), _people.c.left.is_(None))
    .values(held=bindparam("held"), hold_music=bindparam("hold_music"))
)
_participants = Statement(
    _participant.select.where(_people.c.conference == bindparam("conference")).order_by(
        _people.c.joined, _people.c.call
    )
)


def _columns(conference: ConferenceRow) -> dict[str, Any]:
    return plain(conference) | {"data": to_json(conference.data) if conference.data else None}


def insert(conn: Connection, conference: ConferenceRow) -> None:
    """Store a new conference."""
    _insert.run(conn, **_columns(conference))


def named(conn: Connection, account: str, name: str) -> ConferenceRow | None:
    """Return the conference of this account and name that takes participants; None if there is none."""
    return _conference.one(conn, _open_named, account=account, name=name)


def open_named(conn: Connection, conference: ConferenceRow) -> ConferenceRow:
    """Return the account's conference of this name that takes participants; if there is none, store this one.

    Concurrent callers get the same conference.
    """
    wanted = {"account": conference.account, "name": conference.name}
    found = _conference.one(conn, _open_named, **wanted)
    if found is None:
        _insert_named.run(conn, **_columns(conference))
        found = _conference.one(conn, _open_named, **wanted)
    assert found
    return found


def update(conn: Connection, id: str, **fields: Any) -> bool:
    """Change fields of a conference; returns False if there is none."""
    return _updates.run(conn, id, fields) > 0


def get(conn: Connection, id: str) -> ConferenceRow | None:
    """Return a conference by its id."""
    return _conference.one(conn, _get, id=id)


def live(conn: Connection, ari_application: str) -> list[ConferenceRow]:
    """Return the conferences of an ARI application that have not ended, oldest first."""
    return _conference.all(conn, _live, ari_application=ari_application)


def joined(
    conn: Connection, conference: str, call: str, task: str, at: float, *, muted: bool = False, admin: bool = False
) -> bool:
    """Store that a call joined; returns False if this task had already joined it."""
    return _joined.run(conn, conference=conference, call=call, task=task, joined=at, left=None, muted=muted,
                       held=False, hold_music=None, admin=admin) > 0  # fmt: skip


def left(conn: Connection, conference: str, call: str, task: str, at: float) -> bool:
    """Store that a call left; returns False if it was not in the conference."""
    return _left.run(conn, the_conference=conference, the_call=call, the_task=task, left=at) > 0


def left_by(conn: Connection, call: str, task: str, at: float) -> str | None:
    """Store that a call left the conference that this task joined it to; returns None if it was in none."""
    conference: str | None = _by_task.value(conn, the_call=call, the_task=task)
    return conference if conference and left(conn, conference, call, task, at) else None


def mute(conn: Connection, stay: ParticipantRow, *, muted: bool) -> bool:
    """Store whether a participant is muted; returns False if it has left."""
    return _muted.run(conn, **_key(stay), muted=muted) > 0


def hold(conn: Connection, stay: ParticipantRow, *, held: bool, music: str | None) -> bool:
    """Store whether a participant is on hold, and what it hears; returns False if it has left."""
    return _held.run(conn, **_key(stay), held=held, hold_music=music) > 0


def _key(stay: ParticipantRow) -> dict[str, str]:
    return {"the_conference": stay.conference, "the_call": stay.call, "the_task": stay.task}


def participants(conn: Connection, conference: str) -> list[ParticipantRow]:
    """Return all present and former participants of a conference, in the order in which they joined."""
    return _participant.all(conn, _participants, conference=conference)
