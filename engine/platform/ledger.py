"""The ledger: every change of an account's balance, once."""

import time
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from engine.ids import new_id
from engine.store.rows import Mapped
from engine.store.statement import Statement
from engine.store.tables import accounts, ledger

DAY_SECONDS = 86400


class Purpose(NamedTuple):
    """The purpose of a hold or a charge: a kind of thing, such as call, and its id."""

    kind: str
    id: str


def for_call(call: str) -> Purpose:
    """Return the purpose of a call's charge."""
    return Purpose("call", call)


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change, in millionths of the account's currency: negative for charges, positive for payments.

    `kind` and `subject` are the purpose of a charge; None for a payment.
    """

    id: str
    account: str
    at: float
    amount: int
    kind: str | None
    subject: str | None
    note: str


_BIG = ledger.c.amount.type
_entry = Mapped(LedgerEntry, ledger)
_enter = Statement(
    lambda insert: (
        insert(ledger)
        .values({c.name: bindparam(c.name) for c in ledger.c})
        .on_conflict_do_nothing(index_elements=[ledger.c.kind, ledger.c.subject])
    )
)
_DAY = bindparam("day", type_=accounts.c.spent_day.type)
_CHARGED = bindparam("charged", type_=_BIG)
# A balance of NULL stays NULL. The row of an account without limits is not updated: its spending is not limited.
_move = Statement(
    update(accounts)
    .where(
        accounts.c.id == bindparam("account"),
        or_(accounts.c.balance.is_not(None), accounts.c.daily_spend.is_not(None)),
    )
    .values(
        balance=accounts.c.balance + bindparam("amount", type_=_BIG),
        spent=case((accounts.c.spent_day == _DAY, accounts.c.spent), else_=0) + _CHARGED,
        spent_day=_DAY,
    )
)
_spent = Statement(
    select(func.sum(ledger.c.amount)).where(
        ledger.c.account == bindparam("account"), ledger.c.at >= bindparam("since"), ledger.c.kind.is_not(None)
    )
)
_recount = Statement(
    update(accounts)
    .where(accounts.c.id == bindparam("account"))
    .values(spent=bindparam("counted", type_=_BIG), spent_day=_DAY)
)
_entries = Statement(
    _entry.select.where(ledger.c.account == bindparam("account"))
    .order_by(ledger.c.at.desc(), ledger.c.id.desc())
    .limit(bindparam("most"))
)


def day_of(at: float) -> int:
    """Return the day of a moment (Unix seconds) in UTC, counted from 1970-01-01."""
    return int(at // DAY_SECONDS)


def charge(
    conn: Connection, account: str, purpose: Purpose, amount: int, note: str = "", at: float | None = None
) -> bool:
    """Charge once; a second charge for the same purpose changes nothing and returns False. `at` is now."""
    return _post(conn, account, purpose, -amount, note, at)


def credit(conn: Connection, account: str, amount: int, note: str = "") -> None:
    """Pay in (negative: out). An account without a balance (not prepaid) gets the entry only."""
    _post(conn, account, None, amount, note, None)


def spent_since(conn: Connection, account: str, at: float) -> int:
    """Return the sum of charges since `at` (Unix seconds), in millionths; reads every charge since then."""
    return -int(_spent.value(conn, account=account, since=at) or 0)


def recount(conn: Connection, account: str, at: float) -> None:
    """Set what an account spent on the day of `at` by its entries: it is not counted while there is no limit."""
    day = day_of(at)
    _recount.run(conn, account=account, day=day, counted=spent_since(conn, account, float(day * DAY_SECONDS)))


def entries(conn: Connection, account: str, limit: int = 100) -> list[LedgerEntry]:
    """Return an account's newest entries, newest first."""
    return _entry.all(conn, _entries, account=account, most=limit)


def _post(conn: Connection, account: str, purpose: Purpose | None, amount: int, note: str, at: float | None) -> bool:
    at = time.time() if at is None else at
    kind, subject = purpose or (None, None)
    entry = LedgerEntry(
        id=new_id("entry"), account=account, at=at, amount=amount, kind=kind, subject=subject, note=note
    )
    if not _enter.run(conn, **msgspec.structs.asdict(entry)):
        return False
    _move.run(conn, account=account, amount=amount, charged=-amount if purpose else 0, day=day_of(at))
    return True
