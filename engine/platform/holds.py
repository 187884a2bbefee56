"""Holds: money of an account that is reserved for something in progress, until that is charged.

An account may still spend its balance, or the rest of its daily spend, less its holds. Holds are taken, raised and
ended in the transactions of the store's writer, one after the other, so that held money cannot be spent twice.
"""

import builtins
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.platform.ledger import Purpose, day_of
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement
from engine.store.tables import accounts, holds


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Millionths of the account's currency that are held for a purpose (`kind`, `id`) since `at`.

    `terms` is the JSON from which the feature that holds the money calculates the amount.
    """

    kind: str
    id: str
    account: str
    at: float
    amount: int
    terms: str | None = None
    note: str = ""


class Funds(msgspec.Struct, frozen=True, kw_only=True):
    """An account's money: `balance` None: not prepaid; `daily_spend` None: no limit; `spent` today; `held` in all."""

    currency: str
    balance: int | None
    daily_spend: int | None
    spent: int
    held: int

    @property
    def spendable(self) -> int | None:
        """What the limits leave without regard to holds; None: no limit."""
        limits = [] if self.balance is None else [self.balance]
        if self.daily_spend is not None:
            limits.append(self.daily_spend - self.spent)
        return min(limits, default=None)

    @property
    def left(self) -> int | None:
        """What may still be held or spent; None: no limit."""
        return None if self.spendable is None else self.spendable - self.held


_hold = Mapped(Hold, holds)
_REPLACED: dict[str, Any] = {name: bindparam(name) for name in ("amount", "terms", "note")}
"""What changes when more or less is held for a purpose: it is the same account's, since the same time."""
_put = Statement(
    lambda insert: (
        insert(holds)
        .values({c.name: bindparam(c.name) for c in holds.c})
        .on_conflict_do_update(index_elements=[holds.c.kind, holds.c.id], set_=_REPLACED)
    )
)
_add = Statement(
    lambda insert: (
        insert(holds)
        .values({c.name: bindparam(c.name) for c in holds.c})
        .on_conflict_do_update(
            index_elements=[holds.c.kind, holds.c.id], set_={"amount": holds.c.amount + bindparam("amount")}
        )
    )
)
_ONE = (holds.c.kind == bindparam("kind"), holds.c.id == bindparam("id"))
_get = Statement(_hold.select.where(*_ONE))
_end = Statement(delete(holds).where(*_ONE))
_reduce = Statement(update(holds).where(*_ONE).values(amount=holds.c.amount - bindparam("less")))
_end_empty = Statement(delete(holds).where(*_ONE, holds.c.amount <= 0))
_of_account = Statement(
    _hold.select.where(holds.c.account == bindparam("account")).order_by(holds.c.amount.desc(), holds.c.id)
)
_held = select(func.coalesce(func.sum(holds.c.amount), 0)).where(holds.c.account == bindparam("account"))
_funds = Statement(
    select(
        accounts.c.currency,
        accounts.c.balance,
        accounts.c.daily_spend,
        accounts.c.spent,
        accounts.c.spent_day,
        _held.scalar_subquery(),
    ).where(accounts.c.id == bindparam("account"), accounts.c.closed.is_(None))
)


def put(conn: Connection, hold: Hold) -> None:
    """Hold an amount; it replaces what is held for the same purpose."""
    _put.run(conn, **plain(hold))


def add(conn: Connection, hold: Hold) -> None:
    """Hold an amount beside what is held for the same purpose: one hold for many small things, such as texts."""
    _add.run(conn, **plain(hold))


def reduce(conn: Connection, purpose: Purpose, amount: int) -> None:
    """Hold an amount less for a purpose; what is reduced to nothing ends."""
    _reduce.run(conn, kind=purpose.kind, id=purpose.id, less=amount)
    _end_empty.run(conn, kind=purpose.kind, id=purpose.id)


def end(conn: Connection, purpose: Purpose) -> None:
    """End the hold for a purpose; harmless if there is none."""
    _end.run(conn, kind=purpose.kind, id=purpose.id)


def get(conn: Connection, purpose: Purpose) -> Hold | None:
    """Return the hold for a purpose, or None."""
    return _hold.one(conn, _get, kind=purpose.kind, id=purpose.id)


def list(conn: Connection, account: str) -> builtins.list[Hold]:
    """Return an account's holds, the largest first."""
    return _hold.all(conn, _of_account, account=account)


def funds(conn: Connection, account: str, at: float) -> Funds | None:
    """Return an account's money at a moment (Unix seconds); None if there is no such account, or it is closed."""
    row = _funds.first(conn, account=account)
    if row is None:
        return None
    currency, balance, daily_spend, spent, spent_day, held = row
    today = int(spent) if spent_day == day_of(at) else 0
    return Funds(currency=currency, balance=balance, daily_spend=daily_spend, spent=today, held=int(held))
