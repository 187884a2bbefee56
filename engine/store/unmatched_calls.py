"""Calls from a trunk that reached no number: the newest ones, equal ones counted."""

import builtins

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import unmatched_calls

KEPT = 1000
"""How many are stored; older ones are deleted."""


class UnmatchedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was answered with SIP 404; `times` such calls came, the last one at `at` (Unix seconds).

    `callee` is the dialled number as it was received; `reason` is an UnmatchedReason.
    """

    id: str
    at: float
    trunk: str
    caller: str
    callee: str
    reason: str
    sip_call_id: str = ""
    times: int = 1


_unmatched = Mapped(UnmatchedCall, unmatched_calls)
_c = unmatched_calls.c
_insert = insert_into(unmatched_calls)
_ALIKE = ("trunk", "caller", "callee", "reason")
_again = Statement(
    update(unmatched_calls)
    .where(*(_c[name] == bindparam(f"the_{name}") for name in _ALIKE))
    .values(at=bindparam("at"), times=_c.times + bindparam("times"), sip_call_id=bindparam("sip_call_id"))
)
_newest = select(_c.id).order_by(_c.at.desc(), _c.id.desc()).limit(KEPT)
_prune = Statement(delete(unmatched_calls).where(_c.id.not_in(_newest)))
_get = Statement(_unmatched.select.where(_c.id == bindparam("id")))


def note(conn: Connection, noted: builtins.list[UnmatchedCall]) -> None:
    """Add calls, oldest first, and delete all but the newest."""
    for one in noted:
        values = plain(one)
        alike = {f"the_{name}": values[name] for name in _ALIKE}
        if not _again.run(conn, at=one.at, times=one.times, sip_call_id=one.sip_call_id, **alike):
            _insert.run(conn, **values)
    _prune.run(conn)


def get(conn: Connection, id: str) -> UnmatchedCall | None:
    """Return an unmatched call by its id."""
    return _unmatched.one(conn, _get, id=id)


def list(
    conn: Connection, *, since: float | None = None, before: tuple[float, str] | None = None, limit: int = 100
) -> builtins.list[UnmatchedCall]:
    """Return unmatched calls, newest first: at `since` (Unix seconds) or later, before a call's time and id."""
    query = _unmatched.select.order_by(_c.at.desc(), _c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(_c.at >= since)
    if before is not None:
        query = query.where(or_(_c.at < before[0], and_(_c.at == before[0], _c.id < before[1])))
    return _unmatched.each(conn.execute(query))


def by_trunk(conn: Connection) -> dict[str, int]:
    """Return how many unmatched calls of each trunk are stored."""
    rows = conn.execute(select(_c.trunk, func.sum(_c.times)).group_by(_c.trunk))
    return {trunk: int(times) for trunk, times in rows}
