"""Work that is due at a time: the rows of the scheduler.

A feature adds and removes rows in its own transactions, so that a message and the moment it is to be sent at are there
together or not at all; then it calls `Scheduler.wake`.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from engine.store.rows import Mapped
from engine.store.statement import Statement, Updates
from engine.store.tables import due_work


class DueWork(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do `at` a time (Unix seconds, UTC), or as soon as the system is up again.

    `id` is the feature's to choose: it names the work, also when that is tried again. `kind` names the handler,
    `payload` is the feature's own text. `attempts` counts those that failed, with the last `error`; `failed` is when
    the last attempt that there is was made.
    """

    id: str
    kind: str
    at: float
    account: str | None = None
    payload: str = ""
    attempts: int = 0
    error: str | None = None
    failed: float | None = None


_rows = Mapped(DueWork, due_work)
_put = Statement(
    lambda insert: (
        insert(due_work)
        .values({column.name: bindparam(column.name) for column in due_work.c})
        .on_conflict_do_update(
            index_elements=["id"], set_={c.name: bindparam(c.name) for c in due_work.c if c.name != "id"}
        )
    )
)
_remove = Statement(delete(due_work).where(due_work.c.id == bindparam("the_id")))
_get = Statement(_rows.select.where(due_work.c.id == bindparam("the_id")))
_updates = Updates(due_work, "id")


def put(conn: Connection, work: DueWork) -> None:
    """Schedule work; work of the same id is replaced, so this moves it too."""
    _put.run(conn, **msgspec.structs.asdict(work), epoch=None)


def remove(conn: Connection, id: str) -> bool:
    """Take work back, or note that it is done; False where there is no such work."""
    return _remove.run(conn, the_id=id) > 0


def get(conn: Connection, id: str) -> DueWork | None:
    """Return work that is not done yet; None where there is none."""
    return _rows.one(conn, _get, the_id=id)


def failed(conn: Connection, kind: str | None = None) -> list[DueWork]:
    """Return what was given up, oldest first."""
    query = _rows.select.where(due_work.c.failed.is_not(None))
    query = query if kind is None else query.where(due_work.c.kind == kind)
    return _rows.each(conn.execute(query.order_by(due_work.c.failed, due_work.c.id)))


def claim(conn: Connection, kinds: Iterable[str], now: float, epoch: int, most: int) -> list[DueWork]:
    """Claim at most so many rows that are due, the longest due first, for the controller of this epoch.

    A row that this controller has claimed already is not among them; one that an earlier controller claimed and did not
    finish is.
    """
    open_to_us = or_(due_work.c.epoch.is_(None), due_work.c.epoch != epoch)
    due = and_(due_work.c.at <= now, due_work.c.failed.is_(None), due_work.c.kind.in_(list(kinds)), open_to_us)
    chosen = select(due_work.c.id).where(due).order_by(due_work.c.at, due_work.c.id).limit(most)
    claimed = (
        update(due_work).where(due_work.c.id.in_(chosen)).values(epoch=epoch).returning(*_rows.select.selected_columns)
    )
    return sorted(_rows.each(conn.execute(claimed)), key=lambda work: (work.at, work.id))


def next_at(conn: Connection, kinds: Iterable[str], epoch: int) -> float | None:
    """Return when the next row is due that this controller has not claimed; None where there is none."""
    open_to_us = or_(due_work.c.epoch.is_(None), due_work.c.epoch != epoch)
    query = select(due_work.c.at).where(due_work.c.failed.is_(None), due_work.c.kind.in_(list(kinds)), open_to_us)
    return conn.execute(query.order_by(due_work.c.at).limit(1)).scalar()


def try_again(conn: Connection, work: DueWork, at: float, error: str) -> None:
    """Note that an attempt failed, and when the next one is made."""
    _updates.run(conn, work.id, {"at": at, "attempts": work.attempts + 1, "error": error, "epoch": None})


def give_up(conn: Connection, work: DueWork, now: float, error: str) -> None:
    """Note that the last attempt failed; the row stays, to be looked at."""
    _updates.run(conn, work.id, {"failed": now, "attempts": work.attempts + 1, "error": error, "epoch": None})
