"""Counted guesses and known callers in the database."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, func, select

from engine.features.guesses.budgets import Meter
from engine.features.guesses.tables import guesses, known_callers
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement

MOST_KNOWN = 500
"""How many callers are known at one target, those who were right last."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many guesses count at a meter."""

    account: str
    scope: str
    kind: str
    target: str
    caller: str
    spent: float
    at: float
    forgotten: float
    locked_until: float | None = None
    notified: bool = False


def _upsert(table: Table, *keys: str) -> Statement:
    changed: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name not in keys}
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c}
    return Statement(
        lambda insert: insert(table).values(values).on_conflict_do_update(index_elements=list(keys), set_=changed)
    )


_KEYS = ("account", "scope", "kind", "target", "caller")
_KNOWN_KEYS = ("account", "kind", "target", "caller")
_count = Mapped(Count, guesses)
_get = Statement(_count.select.where(*(guesses.c[name] == bindparam(f"the_{name}") for name in _KEYS)))
_put = _upsert(guesses, *_KEYS)
_remove = Statement(delete(guesses).where(*(guesses.c[name] == bindparam(f"the_{name}") for name in _KEYS)))
_expire = Statement(delete(guesses).where(guesses.c.forgotten < bindparam("now")))
_k = known_callers.c
_is_known = Statement(
    select(_k.last).where(*(known_callers.c[name] == bindparam(f"the_{name}") for name in _KNOWN_KEYS))
)
_know = _upsert(known_callers, *_KNOWN_KEYS)
_unknow_old = Statement(delete(known_callers).where(_k.last < bindparam("before")))


def get(conn: Connection, meter: Meter) -> Count | None:
    """Return what counts at a meter."""
    return _count.one(conn, _get, **_at(meter))


def put(conn: Connection, count: Count) -> None:
    """Store what counts at a meter."""
    _put.run(conn, **plain(count))


def remove(conn: Connection, meter: Meter) -> None:
    """Count nothing at a meter."""
    _remove.run(conn, **_at(meter))


def expire(conn: Connection, now: float) -> None:
    """Delete what is forgotten."""
    _expire.run(conn, now=now)


def is_known(conn: Connection, account: str, kind: str, target: str, caller: str) -> bool:
    """Whether a caller entered the right secret of a target before."""
    names = {"the_account": account, "the_kind": kind, "the_target": target, "the_caller": caller}
    return _is_known.value(conn, **names) is not None


def know(conn: Connection, account: str, kind: str, target: str, caller: str, at: float) -> None:
    """Remember a caller; beyond MOST_KNOWN the one that was right longest ago is forgotten."""
    _know.run(conn, account=account, kind=kind, target=target, caller=caller, last=at)
    here = _here(known_callers, account, kind, target)
    many = conn.execute(select(func.count()).select_from(known_callers).where(here)).scalar_one() - MOST_KNOWN
    if many > 0:
        oldest = select(_k.caller).where(here).order_by(_k.last).limit(many)
        conn.execute(delete(known_callers).where(here, _k.caller.in_(oldest)))


def forget_callers(conn: Connection, before: float) -> None:
    """Delete the callers that were right before a time for the last time."""
    _unknow_old.run(conn, before=before)


def forget(conn: Connection, account: str, kind: str, target: str) -> None:
    """Delete everything about a target, and who is known without one: what they entered may have been its secret."""
    for table, forgotten in ((guesses, target), (known_callers, target), (known_callers, "")):
        conn.execute(delete(table).where(_here(table, account, kind, forgotten)))


def _here(table: Table, account: str, kind: str, target: str) -> ColumnElement[bool]:
    return and_(table.c.account == account, table.c.kind == kind, table.c.target == target)


def _at(meter: Meter) -> dict[str, Any]:
    return {f"the_{name}": str(value) for name, value in zip(_KEYS, meter, strict=True)}
