"""Rates: the price of a minute by the number's prefix."""

import builtins
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, delete, func

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import rates

LONGEST = 15  # digits of a number: ITU-T E.164 §6.1


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Millionths of `currency` a minute; at least `first` seconds are charged, then every started `next` seconds.

    `account` "": a general rate, for every account that has none of its own for the number.
    """

    prefix: str
    currency: str
    per_minute: int
    first: int = 60
    next: int = 60
    account: str = ""


_rate = Mapped(Rate, rates)
_insert = insert_into(rates)
_clear = Statement(delete(rates).where(rates.c.account == bindparam("account")))
_all = Statement(_rate.select.order_by(rates.c.account, rates.c.currency, rates.c.prefix))
_match = Statement(
    _rate.select.where(
        rates.c.account == bindparam("account"),
        rates.c.currency == bindparam("currency"),
        rates.c.prefix.in_([bindparam(f"prefix_{length}") for length in range(LONGEST + 1)]),
    )
    .order_by(func.length(rates.c.prefix).desc())
    .limit(1)
)


def replace_all(conn: Connection, new: Iterable[Rate], account: str = "") -> None:
    """Replace all rates of an account, or the general rates."""
    clear(conn, account)
    load(conn, new)


def clear(conn: Connection, account: str = "") -> int:
    """Remove an account's own rates, or the general rates; returns how many there were."""
    return _clear.run(conn, account=account)


def load(conn: Connection, new: Iterable[Rate]) -> None:
    """Add rates."""
    _insert.many(conn, map(plain, new))


def match(conn: Connection, digits: str, currency: str, account: str = "") -> Rate | None:
    """Return the rate with the longest prefix of `digits` in this currency; an account's own take precedence."""
    values = {"currency": currency} | {f"prefix_{length}": digits[:length] for length in range(LONGEST + 1)}
    own = _rate.one(conn, _match, account=account, **values) if account else None
    return own or _rate.one(conn, _match, account="", **values)


def list(conn: Connection) -> builtins.list[Rate]:
    """Return all rates."""
    return _rate.all(conn, _all)
