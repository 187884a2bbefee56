"""Passcodes in the database."""

import builtins
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from engine.features.passcodes.model import Content, Passcode, Sending, State
from engine.features.passcodes.tables import passcode_attempts, passcode_sending, passcodes
from engine.store.rows import Mapped, plain, seal_of, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.tasks.secret import Seal

_PURPOSE = "passcodes"
_p, _a = passcodes.c, passcode_attempts.c
_rows = Mapped(Passcode, passcodes)
_insert = insert_into(passcodes)
_updates = Updates(passcodes, "id")
_get = Statement(_rows.select.where(_p.id == bindparam("the_id")))
_digest = Statement(select(_p.digest).where(_p.id == bindparam("the_id")))
_content = Statement(select(_p.content).where(_p.id == bindparam("the_id")))
_sending = Mapped(
    Sending,
    passcode_sending,
    converters={"settings": msgspec.json.decode},
)
_sending_of = Statement(_sending.select.where(passcode_sending.c.account == bindparam("account")))
_insert_sending = insert_into(passcode_sending)


class Attempt(NamedTuple):
    """A text or a call that brings a passcode; `id` is its own. `range` is its number without the last digits."""

    id: str
    passcode: str
    account: str
    number: str
    range: str
    address: str
    way: str
    created: float
    ended: float | None = None


_insert_attempt = insert_into(passcode_attempts)
_updates_attempt = Updates(passcode_attempts, "id")
_attempt = Statement(select(*(_a[name] for name in Attempt._fields)).where(_a.id == bindparam("the_id")))
_live = Statement(select(_a.id).where(_a.ended.is_(None)))


def digest(conn: Connection, id: str, code: str) -> str:
    """Return what is kept of a code to compare answers with: a keyed hash."""
    return _sealing(conn).digest(_PURPOSE, f"{id} {code}")


def insert(conn: Connection, passcode: Passcode, content: Content) -> None:
    """Store a new passcode: its code as a keyed hash, and sealed with what is to be said."""
    sealed = _sealing(conn).close(to_json(content))
    hashed = digest(conn, passcode.id, content.code)
    _insert.run(conn, **plain(passcode) | {"digest": hashed, "content": sealed})


def get(conn: Connection, id: str) -> Passcode | None:
    """Return a passcode by its id."""
    return _rows.one(conn, _get, the_id=id)


def digest_of(conn: Connection, id: str) -> str:
    """Return the keyed hash of a passcode's code."""
    return str(_digest.value(conn, the_id=id) or "")


def content_of(conn: Connection, id: str) -> Content | None:
    """Return what of a passcode was kept sealed; None: it has ended. Raises engine.tasks.secret.Unreadable."""
    sealed = _content.value(conn, the_id=id)
    return msgspec.json.decode(_sealing(conn).open(sealed), type=Content) if sealed else None


def change(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a passcode."""
    _updates.run(conn, id, fields)


def drop(conn: Connection, id: str) -> None:
    """Delete a passcode that was not sent, with its attempts."""
    conn.execute(delete(passcode_attempts).where(_a.passcode == id))
    conn.execute(delete(passcodes).where(_p.id == id))


def drop_attempt(conn: Connection, id: str) -> None:
    """Delete an attempt that was refused."""
    conn.execute(delete(passcode_attempts).where(_a.id == id))


def page(
    conn: Connection, account: str | None, limit: int, before: Passcode | None, number: str | None
) -> builtins.list[Passcode]:
    """Return passcodes, the newest first: those older than `before`."""
    query = _rows.select.order_by(_p.created.desc(), _p.id.desc()).limit(limit)
    query = query if account is None else query.where(_p.account == account)
    query = query if number is None else query.where(_p.number == number)
    if before is not None:
        same = (_p.created == before.created) & (_p.id < before.id)
        query = query.where(or_(_p.created < before.created, same))
    return _rows.each(conn.execute(query))


def expire(conn: Connection, before: float, most: int) -> int:
    """Delete at most so many attempts and so many passcodes that ended and are older than a moment (Unix seconds);
    returns how many of the one or the other, whichever is more (engine.platform.platform.Expire).
    """
    old = select(_a.id).where(_a.created < before, _a.ended.is_not(None)).order_by(_a.created).limit(most)
    attempts = conn.execute(delete(passcode_attempts).where(_a.id.in_(old))).rowcount
    ended = select(_p.id).where(_p.created < before, _p.ended.is_not(None)).order_by(_p.created).limit(most)
    return max(attempts, conn.execute(delete(passcodes).where(_p.id.in_(ended))).rowcount)


def add_attempt(conn: Connection, attempt: Attempt) -> None:
    """Store an attempt."""
    _insert_attempt.run(conn, **attempt._asdict())


def attempt(conn: Connection, id: str) -> Attempt | None:
    """Return an attempt by the id of its text or call."""
    row = _attempt.first(conn, the_id=id)
    return None if row is None else Attempt(*row)


def end_attempts(conn: Connection, passcode: str, at: float) -> None:
    """Note that nothing more is awaited of a passcode's texts and calls."""
    still_open = (_a.passcode == passcode, _a.ended.is_(None))
    conn.execute(update(passcode_attempts).where(*still_open).values(ended=at))


def end_attempt(conn: Connection, id: str, at: float) -> None:
    """Note that a text or call has ended."""
    _updates_attempt.run(conn, id, {"ended": at})


def live(conn: Connection) -> builtins.list[str]:
    """Return the ids of the texts and calls that have not ended."""
    return [row[0] for row in _live.all(conn)]


def open_attempts(conn: Connection, passcode: str) -> int:
    """Return how many texts and calls of a passcode have not ended."""
    open_ones = (_a.passcode == passcode, _a.ended.is_(None))
    return int(conn.execute(select(func.count()).select_from(passcode_attempts).where(*open_ones)).scalar_one())


def count(conn: Connection, since: float, **of: str) -> int:
    """Return how many attempts were made since a time, of an account, number, range or address."""
    query = select(func.count()).select_from(passcode_attempts).where(_a.created > since)
    for name, value in of.items():
        query = query.where(_a[name] == value)
    return int(conn.execute(query).scalar_one())


def shares(conn: Connection, account: str, since: float, until: float) -> tuple[int, int]:
    """Return how many passcodes an account sent in a time that count for its share, and how many were verified."""
    counted = (_p.account == account, _p.created > since, _p.created <= until, _p.verified_elsewhere.is_(False))
    query = select(_p.state, func.count()).where(*counted).group_by(_p.state)
    found = {state: int(count) for state, count in conn.execute(query)}
    return sum(found.values()), found.get(State.VERIFIED, 0)


def sending(conn: Connection, account: str) -> Sending:
    """Return what an account has set, and whether it was stopped."""
    return _sending.one(conn, _sending_of, account=account) or Sending()


def set_sending(conn: Connection, account: str, sending: Sending) -> None:
    """Store what an account has set, and whether it was stopped."""
    conn.execute(delete(passcode_sending).where(passcode_sending.c.account == account))
    values = {"stopped": sending.stopped, "why": sending.why, "resumed": sending.resumed}
    _insert_sending.run(conn, account=account, settings=to_json(sending.settings), **values)


def _sealing(conn: Connection) -> Seal:
    return seal_of(conn) or Seal("")
