"""The rules of rates and of accounts' money. Money is in millionths of the account's currency."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from sqlalchemy import Connection

from engine.features.billing.model import Entry, Funds, Hold, ListedRate
from engine.features.billing.rating import decimal, read_csv
from engine.features.errors import NotThere
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import accounts, holds, ledger, rates
from engine.store.database import Database
from engine.store.writer import Writer

Changed = Callable[[], Awaitable[None]]
"""Makes a change count at once: reads the settings in memory again."""


class Payer(Protocol):
    """The account whose own rates are meant (engine.store.accounts.Account)."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def currency(self) -> str:
        """The only currency that its rates may have (ISO 4217)."""


class RateService:
    """Rates: of one account, or, without an account, those of every account that has none of its own for a number."""

    def __init__(self, db: Database, writer: Writer, changed: Changed) -> None:
        self._db, self._writer, self._changed = db, writer, changed

    async def list(self, account: Payer | None = None) -> list[ListedRate]:
        """Return all rates, or an account's own."""

        def read(conn: Connection) -> list[ListedRate]:
            names = {each.id: each.name for each in accounts.list(conn)}
            own = (rate for rate in rates.list(conn) if account is None or rate.account == account.id)
            return [ListedRate(rate, names.get(rate.account)) for rate in own]

        return await self._db.read(read)

    async def load(self, by: Actor, text: str, account: Payer | None = None) -> int:
        """Replace such rates by those of a CSV file (docs/rates.md); returns how many it has.

        A file with one wrong line changes nothing. Raises RatesInvalid.
        """
        owner, currency = (account.id, account.currency) if account else ("", None)
        loaded = await asyncio.to_thread(read_csv, text, owner, currency)

        def unit(conn: Connection) -> None:
            removed = rates.clear(conn, owner)
            rates.load(conn, loaded)
            _record(conn, by, "rates.loaded", account, removed, len(loaded))

        await self._writer.write(unit)
        await self._changed()
        return len(loaded)

    async def clear(self, by: Actor, account: Payer | None = None) -> int:
        """Remove such rates; returns how many there were."""

        def unit(conn: Connection) -> int:
            removed = rates.clear(conn, account.id if account else "")
            _record(conn, by, "rates.cleared", account, removed, 0)
            return removed

        removed = await self._writer.write(unit)
        await self._changed()
        return removed


def _record(conn: Connection, by: Actor, what: str, account: Payer | None, before: int, after: int) -> None:
    audit.record(
        conn,
        by,
        account=account.id if account else None,
        what=what,
        subject=account.id if account else "rates",
        before={"rates": before},
        after={"rates": after},
    )


class LedgerService:
    """An account's money: what it has, what is held of it, what was paid in and charged. `clock`: Unix seconds."""

    def __init__(self, db: Database, writer: Writer, changed: Changed, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._changed, self._clock = db, writer, changed, clock

    async def funds(self, account: str) -> Funds | None:
        """Return what an account has now; None if there is no such account or it is closed."""
        return await self._db.read(lambda conn: holds.funds(conn, account, self._clock()))

    async def holds(self, account: str) -> list[Hold]:
        """Return what is held of an account's money, the largest first."""
        return await self._db.read(lambda conn: holds.list(conn, account))

    async def entries(self, account: str, limit: int = 100) -> list[Entry]:
        """Return an account's newest entries, newest first."""
        return await self._db.read(lambda conn: ledger.entries(conn, account, limit))

    async def pay_in(self, by: Actor, account: str, amount: int, note: str = "") -> None:
        """Pay money in (below zero: out); the first payment makes an account prepaid. Raises NotThere."""
        await self._writer.write(lambda conn: pay_in(conn, by, account, amount, note))
        await self._changed()

    async def end_prepayment(self, by: Actor, account: str) -> None:
        """Let an account be without a balance: it is not prepaid any more. Raises NotThere."""
        await self._writer.write(lambda conn: end_prepayment(conn, by, account))
        await self._changed()


def pay_in(conn: Connection, by: Actor, account: str, amount: int, note: str = "") -> None:
    """Pay money into an account within a transaction (LedgerService.pay_in)."""
    before = _balance(conn, account)
    if before is None:
        accounts.update(conn, account, balance=0)
    ledger.credit(conn, account, amount, note)
    after = {"balance": _shown(_balance(conn, account)), "amount": decimal(amount), "note": note}
    audit.record(
        conn, by, account=account, what="balance.credited", subject=account,
        before={"balance": _shown(before)}, after=after,
    )  # fmt: skip


def end_prepayment(conn: Connection, by: Actor, account: str) -> None:
    """Take an account's balance away within a transaction (LedgerService.end_prepayment)."""
    before = _balance(conn, account)
    accounts.update(conn, account, balance=None)
    audit.record(
        conn, by, account=account, what="balance.removed", subject=account,
        before={"balance": _shown(before)}, after={"balance": None},
    )  # fmt: skip


def _balance(conn: Connection, account: str) -> int | None:
    found = accounts.get(conn, account)
    if found is None:
        raise NotThere(f"There is no account {account}.")
    return found.balance


def _shown(millionths: int | None) -> str | None:
    return None if millionths is None else decimal(millionths)
