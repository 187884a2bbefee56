"""Work that is due at a time: the rows of the scheduler.

A feature adds and removes rows in its own transactions, so that a message and the moment it is to be sent at are there
together or not at all; then it calls `Scheduler.wake`.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, not_, or_, select, update

from engine.platform.turns import NO_ACCOUNT, Waiting
from engine.store.rows import Mapped
from engine.store.statement import Statement
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
_claimed = (due_work.c.id == bindparam("the_id"), due_work.c.epoch == bindparam("the_epoch"))
_done = Statement(delete(due_work).where(*_claimed))
_account = func.coalesce(due_work.c.account, NO_ACCOUNT)
_get = Statement(_rows.select.where(due_work.c.id == bindparam("the_id")))


def put(conn: Connection, work: DueWork) -> None:
    """Schedule work; work of the same id is replaced, so this moves it too."""
    _put.run(conn, **msgspec.structs.asdict(work), epoch=None)


def remove(conn: Connection, id: str) -> bool:
    """Take work back; False where there is no such work."""
    return _remove.run(conn, the_id=id) > 0


def done(conn: Connection, id: str, epoch: int) -> bool:
    """Note that work is done that the controller of this epoch claimed.

    False where there is none, or where it was put in again meanwhile: then it stays, for its new time.
    """
    return _done.run(conn, the_id=id, the_epoch=epoch) > 0


def get(conn: Connection, id: str) -> DueWork | None:
    """Return work that is not done yet; None where there is none."""
    return _rows.one(conn, _get, the_id=id)


def ids(conn: Connection, kind: str) -> set[str]:
    """Return the ids of all work of a kind that is not done."""
    return set(conn.scalars(select(due_work.c.id).where(due_work.c.kind == kind)))


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
    return _claimed_of(conn, (due_work.c.kind.in_(list(kinds)), *_due(now, epoch)), epoch, most)


def claim_of(conn: Connection, kind: str, account: str, now: float, epoch: int, most: int) -> list[DueWork]:
    """Claim, in the same way, rows of a kind that are an account's (its id; NO_ACCOUNT: of no account)."""
    of_account = (due_work.c.kind == kind, _account == account)
    return _claimed_of(conn, (*of_account, *_due(now, epoch)), epoch, most)


def waiting(conn: Connection, kind: str, now: float, epoch: int) -> dict[str, Waiting]:
    """Return what of a kind is due and may be claimed by the controller of this epoch, by account."""
    rows = select(_account, func.count(), func.min(due_work.c.at)).where(due_work.c.kind == kind, *_due(now, epoch))
    return {account: Waiting(count, since) for account, count, since in conn.execute(rows.group_by(_account))}


def next_at(
    conn: Connection, kinds: Iterable[str], epoch: int, but: Mapping[str, Sequence[str]] | None = None
) -> float | None:
    """Return when the next row is due that this controller has not claimed; None where there is none.

    `but`: by kind, the accounts whose rows of it do not count.
    """
    left_out = [and_(due_work.c.kind == kind, _account.in_(ids)) for kind, ids in (but or {}).items() if ids]
    wanted = (due_work.c.kind.in_(list(kinds)), due_work.c.failed.is_(None), _open_to(epoch))
    query = select(due_work.c.at).where(*wanted, *(not_(each) for each in left_out))
    return conn.execute(query.order_by(due_work.c.at).limit(1)).scalar()


def _claimed_of(conn: Connection, where: Sequence[ColumnElement[bool]], epoch: int, most: int) -> list[DueWork]:
    chosen = select(due_work.c.id).where(*where).order_by(due_work.c.at, due_work.c.id).limit(most)
    claimed = (
        update(due_work).where(due_work.c.id.in_(chosen)).values(epoch=epoch).returning(*_rows.select.selected_columns)
    )
    return sorted(_rows.each(conn.execute(claimed)), key=lambda work: (work.at, work.id))


def _due(now: float, epoch: int) -> tuple[ColumnElement[bool], ...]:
    return due_work.c.at <= now, due_work.c.failed.is_(None), _open_to(epoch)


def _open_to(epoch: int | None) -> ColumnElement[bool]:
    return or_(due_work.c.epoch.is_(None), due_work.c.epoch != epoch)


def try_again(conn: Connection, work: DueWork, at: float, error: str, epoch: int) -> None:
    """Note that an attempt failed, and when the next one is made; not of work that was put in again meanwhile."""
    _note(conn, work, epoch, at=at, error=error)


def give_up(conn: Connection, work: DueWork, now: float, error: str, epoch: int) -> None:
    """Note that the last attempt failed; the row stays, to be looked at. Not of work that was put in again."""
    _note(conn, work, epoch, failed=now, error=error)


def postpone(conn: Connection, work: DueWork, at: float, epoch: int) -> None:
    """Put work off that was claimed, without counting an attempt; not work that was put in again meanwhile."""
    claimed = (due_work.c.id == work.id, due_work.c.epoch == epoch)
    conn.execute(update(due_work).where(*claimed).values(at=at, epoch=None))


def of_account(conn: Connection, kind: str, account: str | None = None, limit: int = 100) -> list[DueWork]:
    """Return an account's work of a kind, or all accounts': the next due first, behind it what was given up last."""
    query = _rows.select.where(due_work.c.kind == kind)
    query = query if account is None else query.where(due_work.c.account == account)
    order = (due_work.c.failed.is_not(None), due_work.c.failed.desc(), due_work.c.at, due_work.c.id)
    return _rows.each(conn.execute(query.order_by(*order).limit(limit)))


def count(conn: Connection, kind: str, account: str) -> int:
    """Return how much work of a kind an account has, what was given up not counted."""
    counted = (due_work.c.kind == kind, due_work.c.account == account, due_work.c.failed.is_(None))
    return int(conn.execute(select(func.count()).select_from(due_work).where(*counted)).scalar_one())


def withdraw(conn: Connection, id: str, epoch: int | None) -> bool:
    """Take work back that the controller of this epoch has not claimed; False where it has, or there is none."""
    return conn.execute(delete(due_work).where(due_work.c.id == id, _open_to(epoch))).rowcount > 0


def forget_failed(conn: Connection, before: float) -> int:
    """Delete what was given up before a time (Unix seconds); returns how much it was."""
    return conn.execute(delete(due_work).where(due_work.c.failed < before)).rowcount


def _note(conn: Connection, work: DueWork, epoch: int, **values: object) -> None:
    values |= {"attempts": work.attempts + 1, "epoch": None}
    claimed = (due_work.c.id == work.id, due_work.c.epoch == epoch)
    conn.execute(update(due_work).where(*claimed).values(values))
