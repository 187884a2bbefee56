"""The ledger: every change of an account's balance, once."""

import time

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from engine.ids import new_id
from engine.store.rows import Mapped
from engine.store.statement import Statement
from engine.store.tables import accounts, ledger


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change, in millionths of the account's currency: below zero what was charged, above what was paid in."""

    id: str
    account: str
    at: float
    amount: int
    call: str | None
    note: str


_entry = Mapped(Entry, ledger)
_enter = Statement(
    lambda insert: (
        insert(ledger)
        .values({c.name: bindparam(c.name) for c in ledger.c})
        .on_conflict_do_nothing(index_elements=[ledger.c.call])
    )
)
_raise = Statement(
    update(accounts)
    .where(accounts.c.id == bindparam("account"), accounts.c.balance.is_not(None))
    .values(balance=accounts.c.balance + bindparam("amount", type_=ledger.c.amount.type))
)
_spent = Statement(
    select(func.sum(ledger.c.amount)).where(
        ledger.c.account == bindparam("account"),
        ledger.c.at >= bindparam("since"),
        ledger.c.amount < bindparam("zero", type_=ledger.c.amount.type),
    )
)
_entries = Statement(
    _entry.select.where(ledger.c.account == bindparam("account"))
    .order_by(ledger.c.at.desc(), ledger.c.id.desc())
    .limit(bindparam("most"))
)


def charge(conn: Connection, account: str, call: str, amount: int, note: str = "") -> bool:
    """Charge a call, once: a second charge of the same call changes nothing and returns False."""
    return _book(conn, account, call, -amount, note)


def credit(conn: Connection, account: str, amount: int, note: str = "") -> None:
    """Pay in. An account without a balance (not prepaid) gets the entry only."""
    _book(conn, account, None, amount, note)


def spent_since(conn: Connection, account: str, at: float) -> int:
    """Return what was charged since `at` (Unix seconds), in millionths."""
    return -int(_spent.value(conn, account=account, since=at, zero=0) or 0)


def entries(conn: Connection, account: str, limit: int = 100) -> list[Entry]:
    """Return an account's newest entries, newest first."""
    return _entry.all(conn, _entries, account=account, most=limit)


def _book(conn: Connection, account: str, call: str | None, amount: int, note: str) -> bool:
    entry = Entry(id=new_id("entry"), account=account, at=time.time(), amount=amount, call=call, note=note)
    if not _enter.run(conn, **msgspec.structs.asdict(entry)):
        return False
    _raise.run(conn, account=account, amount=amount)
    return True
