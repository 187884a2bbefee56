"""Numbers: what is dialled, and the application that answers it."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.exc import IntegrityError

from engine.store.errors import Conflict
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement
from engine.store.tables import numbers


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number (digits, or a short code such as 500), owned by an account, that leads to an application."""

    number: str
    account: str
    application: str


_number = Mapped(Number, numbers)
_assign = Statement(
    lambda insert: (
        insert(numbers)
        .values({c.name: bindparam(c.name) for c in numbers.c})
        .on_conflict_do_update(
            index_elements=[numbers.c.number],
            set_={"application": bindparam("application")},
            where=numbers.c.account == bindparam("account"),
        )
    )
)
_release = Statement(delete(numbers).where(numbers.c.number == bindparam("number")))
_get = Statement(_number.select.where(numbers.c.number == bindparam("number")))
_of_account = Statement(_number.select.where(numbers.c.account == bindparam("account")).order_by(numbers.c.number))
_all = Statement(_number.select.order_by(numbers.c.number))


def assign(conn: Connection, number: Number) -> None:
    """Let a number lead to an application; raises Conflict where another account has the number."""
    try:
        if _assign.run(conn, **plain(number)):
            return
    except IntegrityError as error:
        raise Conflict("There is no such account or application.") from error
    raise Conflict(f"Another account has the number {number.number}.")


def release(conn: Connection, number: str) -> bool:
    """Take a number from its account; False where nobody had it."""
    return _release.run(conn, number=number) > 0


def get(conn: Connection, number: str) -> Number | None:
    """Return a number."""
    return _number.one(conn, _get, number=number)


def list(conn: Connection, account: str | None = None) -> builtins.list[Number]:
    """Return an account's numbers; all of them without an account."""
    return _number.all(conn, _all) if account is None else _number.all(conn, _of_account, account=account)
