"""Statuses in the database."""

from sqlalchemy import Connection, bindparam
from sqlalchemy import delete as delete_from

from engine.features.statuses.model import UserStatus
from engine.features.statuses.tables import user_statuses
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement

_rows = Mapped(UserStatus, user_statuses)
_get = Statement(_rows.select.where(user_statuses.c.user == bindparam("the_user")))
_list = Statement(_rows.select.where(user_statuses.c.account == bindparam("account")))
_put = Statement(
    lambda insert: (
        insert(user_statuses)
        .values({column.name: bindparam(column.name) for column in user_statuses.c})
        .on_conflict_do_update(
            index_elements=["user"],
            set_={column.name: bindparam(column.name) for column in user_statuses.c if column.name != "user"},
        )
    )
)
_delete = Statement(delete_from(user_statuses).where(user_statuses.c.user == bindparam("the_user")))


def get(conn: Connection, user: str) -> UserStatus | None:
    """Return a user's status; None: nothing is known yet."""
    return _rows.one(conn, _get, the_user=user)


def list(conn: Connection, account: str) -> dict[str, UserStatus]:
    """Return the statuses of an account's users, by their ids."""
    return {one.user: one for one in _rows.all(conn, _list, account=account)}


def put(conn: Connection, status: UserStatus) -> None:
    """Store a user's status."""
    _put.run(conn, **plain(status))


def delete(conn: Connection, user: str) -> None:
    """Forget a user's status."""
    _delete.run(conn, the_user=user)
