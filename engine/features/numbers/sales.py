"""Numbers that accounts buy from the pool, and give back: what an operator owns and no account has yet."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog
from sqlalchemy import Connection

from engine.commands import CreditSpent, LimitReached
from engine.features.accounts.lookup import find as find_account
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.numbers.pool import Pool
from engine.ids import new_id
from engine.model.money import MILLION
from engine.platform import audit, money
from engine.platform import holds as account_holds
from engine.platform.audit import Actor
from engine.platform.money import Purpose
from engine.platform.refresh import Refresh
from engine.store import numbers
from engine.store.database import Database
from engine.store.numbers import SMS, VOICE, Number
from engine.store.writer import Writer

log = structlog.get_logger(__name__)

KIND = "number"
"""What a price and a charge of a number are for."""
MOST_OWNED = 100
"""How many numbers an account may have and still buy another one."""


class NumberUse(NamedTuple):
    """What a number that is sold can do, and the destination that it leads to (as stored); None: to nothing yet."""

    capabilities: tuple[str, ...]
    leads_to: str | None = None


TEXTING_USE = NumberUse((VOICE, SMS))
"""A number for calls and texts, which leads to nothing yet."""
FAX_USE = NumberUse((VOICE,), "fax")
"""A number whose calls are received as faxes (engine.features.fax.destination)."""
_PRICE = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


def price_of(text: str) -> int:
    """Read the setting of what a number costs, as millionths; raises InvalidSetting."""
    if not _PRICE.fullmatch(text.strip()):
        raise InvalidSetting(f"The price of a number must be a decimal, such as 1.00 (got {text[:40]!r}).")
    return int(Decimal(text) * MILLION)


class Removal(Protocol):
    """Takes a number away in a transaction (engine.features.numbers.service.Numbers.removed)."""

    def __call__(self, conn: Connection, by: Actor, digits: str, account: str) -> object:
        """Remove it; raises NotThere where the account has no such number."""


class OfferedNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number that is for sale, or that an account has: digits, what it can do, and its price.

    `price` is in millionths of the account's currency, paid once, when it is bought.
    """

    number: str
    capabilities: tuple[str, ...]
    price: int


class NumberSales:
    """Sells numbers of the pool at one price, in each account's own currency. `clock`: Unix seconds."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        pool: Pool,
        price: int,
        remove: Removal,
        refresh: Refresh,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._writer, self._pool, self._price = db, writer, pool, price
        self._remove, self._refresh, self._clock = remove, refresh, clock

    async def for_sale(self, *, limit: int = 100, offset: int = 0) -> list[OfferedNumber]:
        """Return numbers of the pool that no account has, in its order, after the first `offset` of them."""
        taken = {row.number for row in await self._db.read(numbers.list)}

        def found() -> list[str]:
            return list(islice((number for number in self._pool if number not in taken), offset, offset + limit))

        # A pool may have millions of numbers.
        return [self._offered(number, (VOICE, SMS)) for number in await asyncio.to_thread(found)]

    async def owned(self, account: str) -> list[OfferedNumber]:
        """Return an account's numbers, each with all that it can do."""
        rows = await self._db.read(lambda conn: numbers.list(conn, account))
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.number, []).append(row.capability)
        return [self._offered(number, capabilities) for number, capabilities in found.items()]

    async def buy(self, by: Actor, account: str, number: str) -> OfferedNumber:
        """Give an account a number of the pool, which leads to nothing yet, and charge its price.

        Raises NotThere for a number that is not of the pool, AlreadyThere for one that an account has, CreditSpent,
        LimitReached.
        """
        if number not in self._pool:
            raise NotThere("This number is not for sale.")

        await self._writer.write(lambda conn: self._sell(conn, by, account, number, TEXTING_USE))
        await self._refresh()
        return self._offered(number, (VOICE, SMS))

    def sell_first(self, conn: Connection, by: Actor, account: str, use: NumberUse) -> str | None:
        """Sell an account the first number of the pool that no account has, as a part of a transaction.

        Returns its digits; None if the pool has none left, and nothing is charged. Raises CreditSpent, LimitReached.
        """
        number = self._pool.first_free({row.number for row in numbers.list(conn)})
        if number is None:
            log.warning("the pool has no number left for an account", account=account)
            return None
        self._sell(conn, by, account, number, use)
        return number

    async def release(self, by: Actor, account: str, number: str) -> None:
        """Take a number away from an account; one of the pool is for sale again. Raises NotThere."""
        await self._writer.write(lambda conn: self._remove(conn, by, number, account))
        await self._refresh()

    def _sell(self, conn: Connection, by: Actor, account: str, number: str, use: NumberUse) -> None:
        name = find_account(conn, account).name
        if numbers.of(conn, number):
            raise AlreadyThere(f"The number {number} is not for sale any more.")
        if len({row.number for row in numbers.list(conn, account)}) >= MOST_OWNED:
            raise LimitReached(f"An account that has {MOST_OWNED} numbers cannot buy another one.")
        self._charge(conn, account, number)
        for capability in use.capabilities:
            row = Number(number=number, account=account, capability=capability, destination=use.leads_to)
            numbers.assign(conn, row)
        after: dict[str, Any] = {"number": number, "account": name, "price": self._price}
        if use.leads_to:
            after["leads_to"] = use.leads_to
        audit.record(conn, by, account=account, what="number.bought", subject=number, after=after)

    def _charge(self, conn: Connection, account: str, number: str) -> None:
        now = self._clock()
        why = money.refusal(conn, account, account_holds.funds(conn, account, now), self._price, what=KIND)
        if why:
            raise CreditSpent(why)
        purpose = Purpose(KIND, new_id("sale"))
        money.settle(conn, account, purpose, self._price, now, note=f"number {number}", held=False)

    def _offered(self, number: str, capabilities: Sequence[str]) -> OfferedNumber:
        return OfferedNumber(number=number, capabilities=tuple(capabilities), price=self._price)
