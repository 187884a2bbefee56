"""Faxes, their attempts and boxes in the database."""

import builtins
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select

from engine.features.fax.model import Attempt, Box, Fax, State, Way
from engine.features.fax.tables import fax_attempts, fax_boxes, faxes
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into

_f, _a, _b = faxes.c, fax_attempts.c, fax_boxes.c
_JSON: dict[str, Callable[[Any], Any]] = {"emails": msgspec.json.decode}
_rows = Mapped(Fax, faxes, converters=_JSON)
_attempts = Mapped(Attempt, fax_attempts)
_boxes = Mapped(Box, fax_boxes, converters=_JSON)
_insert, _insert_attempt, _insert_box = insert_into(faxes), insert_into(fax_attempts), insert_into(fax_boxes)
_updates, _updates_attempt, _updates_box = (
    Updates(faxes, "id"), Updates(fax_attempts, "call"), Updates(fax_boxes, "id"),
)  # fmt: skip
_get = Statement(_rows.select.where(_f.id == bindparam("the_id")))
_attempt = Statement(_attempts.select.where(_a.call == bindparam("the_call")))
_of_fax = Statement(_attempts.select.where(_a.fax == bindparam("the_fax")).order_by(_a.number))
_live = Statement(select(_a.call).where(_a.ended.is_(None)))
_all_boxes = Statement(_boxes.select.order_by(_b.created, _b.id))
_of_account = Statement(_rows.select.where(_f.account == bindparam("account")))
WAITING = (State.QUEUED, State.SENDING)


def insert(conn: Connection, fax: Fax) -> None:
    """Store a new fax."""
    _insert.run(conn, **plain(fax) | {"emails": to_json(fax.emails)})


def get(conn: Connection, id: str) -> Fax | None:
    """Return a fax by its id."""
    return _rows.one(conn, _get, the_id=id)


def change(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a fax."""
    if "emails" in fields:
        fields["emails"] = to_json(fields["emails"])
    _updates.run(conn, id, fields)


def remove(conn: Connection, id: str) -> None:
    """Delete a fax with its attempts."""
    conn.execute(delete(fax_attempts).where(_a.fax == id))
    conn.execute(delete(faxes).where(_f.id == id))


def of_account(conn: Connection, account: str) -> builtins.list[Fax]:
    """Return all faxes of an account."""
    return _rows.all(conn, _of_account, account=account)


def page(
    conn: Connection, account: str | None, limit: int, before: Fax | None, matching: ColumnElement[bool] | None
) -> builtins.list[Fax]:
    """Return faxes, the newest first: those older than `before`."""
    query = _rows.select.order_by(_f.created.desc(), _f.id.desc()).limit(limit)
    query = query if account is None else query.where(_f.account == account)
    query = query if matching is None else query.where(matching)
    if before is not None:
        same = (_f.created == before.created) & (_f.id < before.id)
        query = query.where(or_(_f.created < before.created, same))
    return _rows.each(conn.execute(query))


def listed(
    conn: Connection, account: str, matching: ColumnElement[bool], order: Any, limit: int, offset: int
) -> tuple[builtins.list[Fax], int]:
    """Return a part of an account's faxes in an order, and how many there are in all."""
    own = (_f.account == account) & matching
    count = int(conn.execute(select(func.count()).select_from(faxes).where(own)).scalar_one())
    query = _rows.select.where(own).order_by(*order, _f.id.desc()).limit(limit).offset(offset)
    return _rows.each(conn.execute(query)), count


def count(conn: Connection, account: str, way: Way, *, hidden: bool | None = None) -> int:
    """Return how many faxes an account has of one way; hidden ones, others, or (None) all."""
    query = select(func.count()).select_from(faxes).where(_f.account == account, _f.way == way)
    return int(conn.execute(query if hidden is None else query.where(_f.hidden.is_(hidden))).scalar_one())


def size(conn: Connection, account: str) -> int:
    """Return how many bytes the pages of an account's faxes have."""
    query = select(func.coalesce(func.sum(_f.bytes), 0)).where(_f.account == account)
    return int(conn.execute(query).scalar_one())


def kept(conn: Connection) -> set[str]:
    """Return the names of the files of all faxes' pages."""
    return set(conn.scalars(select(_f.kept)))


def waiting(conn: Connection, account: str) -> int:
    """Return how many faxes of an account are not sent yet."""
    query = select(func.count()).select_from(faxes).where(_f.account == account, _f.state.in_(WAITING))
    return int(conn.execute(query).scalar_one())


def expire(conn: Connection, before: float, most: int) -> builtins.list[Fax]:
    """Delete at most so many faxes that ended before a moment (Unix seconds); returns them."""
    old = _rows.select.where(_f.created < before, _f.ended < before).order_by(_f.created).limit(most)
    found = _rows.each(conn.execute(old))
    for fax in found:
        remove(conn, fax.id)
    return found


def add_attempt(conn: Connection, attempt: Attempt) -> None:
    """Store an attempt."""
    _insert_attempt.run(conn, **plain(attempt))


def attempt(conn: Connection, call: str) -> Attempt | None:
    """Return an attempt by its call's id."""
    return _attempts.one(conn, _attempt, the_call=call)


def attempts(conn: Connection, fax: str) -> builtins.list[Attempt]:
    """Return a fax's attempts in their order."""
    return _attempts.all(conn, _of_fax, the_fax=fax)


def change_attempt(conn: Connection, call: str, **fields: Any) -> None:
    """Change fields of an attempt."""
    _updates_attempt.run(conn, call, fields)


def live(conn: Connection) -> builtins.list[str]:
    """Return the calls of the attempts that have not ended."""
    return [str(row[0]) for row in _live.all(conn)]


def boxes(conn: Connection) -> builtins.list[Box]:
    """Return all boxes, the oldest first."""
    return _boxes.all(conn, _all_boxes)


def add_box(conn: Connection, box: Box) -> None:
    """Store a new box."""
    _insert_box.run(conn, **plain(box) | {"emails": to_json(box.emails)})


def change_box(conn: Connection, box: Box) -> None:
    """Store a box as it is now."""
    _updates_box.run(conn, box.id, {"name": box.name, "emails": to_json(box.emails)})


def remove_box(conn: Connection, id: str) -> None:
    """Delete a box."""
    conn.execute(delete(fax_boxes).where(_b.id == id))
