"""Who is not to be called, in the database."""

from sqlalchemy import Connection, bindparam, delete, or_, select

from engine.features.campaigns.model import DoNotCall
from engine.features.campaigns.tables import do_not_call
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement

ALL_ACCOUNTS = ""
"""Instead of an account: the list of all accounts."""
KEY = "key"
"""Why a number is on a list: it pressed the key."""
_c = do_not_call.c
_rows = Mapped(DoNotCall, do_not_call)
_put = Statement(
    lambda insert: (
        insert(do_not_call)
        .values({column.name: bindparam(column.name) for column in _c})
        .on_conflict_do_nothing(index_elements=["account", "number"])
    )
)
_has = Statement(
    select(_c.number).where(
        _c.number == bindparam("the_number"), or_(_c.account == bindparam("the_account"), _c.account == ALL_ACCOUNTS)
    )
)


def put(conn: Connection, entry: DoNotCall) -> bool:
    """Put a number on a list; False: it was there."""
    return _put.run(conn, **plain(entry)) > 0


def remove(conn: Connection, account: str, number: str) -> bool:
    """Take a number off a list; False: it was not there."""
    return conn.execute(delete(do_not_call).where(_c.account == account, _c.number == number)).rowcount > 0


def get(conn: Connection, account: str, number: str) -> DoNotCall | None:
    """Return a list's entry of a number."""
    found = _rows.each(conn.execute(_rows.select.where(_c.account == account, _c.number == number)))
    return found[0] if found else None


def has(conn: Connection, account: str, number: str) -> bool:
    """Whether an account's campaigns must not call a number: by its own list, or by that of all."""
    return _has.first(conn, the_account=account, the_number=number) is not None


def among(conn: Connection, account: str, numbers: list[str]) -> set[str]:
    """Return which of these numbers an account's campaigns must not call."""
    found: set[str] = set()
    for begin in range(0, len(numbers), 500):
        some = numbers[begin : begin + 500]
        query = select(_c.number).where(_c.account.in_((account, ALL_ACCOUNTS)), _c.number.in_(some))
        found.update(row[0] for row in conn.execute(query))
    return found


def page(conn: Connection, account: str, limit: int, after: str = "") -> list[DoNotCall]:
    """Return a list's entries by number, those after one."""
    query = _rows.select.where(_c.account == account, _c.number > after).order_by(_c.number).limit(limit)
    return _rows.each(conn.execute(query))
