"""Holds: money of an account that is kept for something that goes on, until that is charged.

What an account may still spend is its balance, and the rest of its daily spend, less its holds. A hold is taken, grown
and ended in the transactions of the store's writer, one after the other: nobody spends what another holds.
"""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from engine.platform.ledger import Purpose, day_of
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement
from engine.store.tables import accounts, holds


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Millionths of the account's currency that are kept for a purpose (`kind`, `id`) since `at`.

    `terms` is what the amount is reckoned by, as JSON that belongs to who holds it.
    """

    kind: str
    id: str
    account: str
    at: float
    amount: int
    terms: str | None = None
    note: str = ""


class Funds(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has: `balance` None: not prepaid; `daily_spend` None: no limit; `spent` today; `held` by all."""

    currency: str
    balance: int | None
    daily_spend: int | None
    spent: int
    held: int

    @property
    def spendable(self) -> int | None:
        """What the limits leave, holds not counted; None: there is no limit."""
        limits = [] if self.balance is None else [self.balance]
        if self.daily_spend is not None:
            limits.append(self.daily_spend - self.spent)
        return min(limits, default=None)

    @property
    def left(self) -> int | None:
        """What may still be held or spent; None: there is no limit."""
        return None if self.spendable is None else self.spendable - self.held


_hold = Mapped(Hold, holds)
_put = Statement(
    lambda insert: (
        insert(holds)
        .values({c.name: bindparam(c.name) for c in holds.c})
        .on_conflict_do_update(index_elements=[holds.c.kind, holds.c.id], set_={"amount": bindparam("amount")})
    )
)
_ONE = (holds.c.kind == bindparam("kind"), holds.c.id == bindparam("id"))
_get = Statement(_hold.select.where(*_ONE))
_end = Statement(delete(holds).where(*_ONE))
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
    """Hold an amount, in place of what is held for the same purpose."""
    _put.run(conn, **plain(hold))


def end(conn: Connection, purpose: Purpose) -> None:
    """Hold nothing for a purpose any more; harmless where nothing is held."""
    _end.run(conn, kind=purpose.kind, id=purpose.id)


def get(conn: Connection, purpose: Purpose) -> Hold | None:
    """Return what is held for a purpose."""
    return _hold.one(conn, _get, kind=purpose.kind, id=purpose.id)


def list(conn: Connection, account: str) -> builtins.list[Hold]:
    """Return an account's holds, the largest first."""
    return _hold.all(conn, _of_account, account=account)


def funds(conn: Connection, account: str, at: float) -> Funds | None:
    """Return what an account has at a moment (Unix seconds); None where there is no such account, or it is closed."""
    row = _funds.first(conn, account=account)
    if row is None:
        return None
    currency, balance, daily_spend, spent, spent_day, held = row
    today = int(spent) if spent_day == day_of(at) else 0
    return Funds(currency=currency, balance=balance, daily_spend=daily_spend, spent=today, held=int(held))
