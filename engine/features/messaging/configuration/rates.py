"""What texts cost: rates by prefix, loaded from a file of prefix, price of a part, currency."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.accounts import Account
from engine.features.billing import rate_files
from engine.features.messaging.configuration import store
from engine.features.messaging.model import MessageRate
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform
from engine.store import accounts

COLUMNS = ("prefix", "price", "currency")


class ListedMessageRate(NamedTuple):
    """A rate, and the name of the account whose own it is; None: it is every account's."""

    rate: MessageRate
    account: str | None


class MessageRates:
    """Rates of one account, or, without an account, those of every account that has none of its own for a number."""

    def __init__(self, platform: Platform, changed: Callable[[], Awaitable[None]]) -> None:
        self._db, self._writer, self._changed = platform.database, platform.writer, changed

    async def list(self, account: Account | None = None) -> list[ListedMessageRate]:
        """Return all rates, or an account's own."""

        def read(conn: Connection) -> list[ListedMessageRate]:
            names = {each.id: each.name for each in accounts.list(conn)}
            own = (rate for rate in store.all_rates(conn) if account is None or rate.account == account.id)
            return [ListedMessageRate(rate, names.get(rate.account)) for rate in own]

        return await self._db.read(read)

    async def load(self, by: Actor, text: str, account: Account | None = None) -> int:
        """Replace such rates by those of a CSV file; returns how many it has. Raises RatesInvalid, changing nothing."""
        owner, currency = (account.id, account.currency) if account else ("", None)
        loaded = await asyncio.to_thread(read_csv, text, owner, currency)

        def unit(conn: Connection) -> None:
            removed = store.clear_rates(conn, owner)
            store.load_rates(conn, loaded)
            _record(conn, by, "message_rates.loaded", account, removed, len(loaded))

        await self._writer.write(unit)
        await self._changed()
        return len(loaded)

    async def clear(self, by: Actor, account: Account | None = None) -> int:
        """Remove such rates; returns how many there were."""

        def unit(conn: Connection) -> int:
            removed = store.clear_rates(conn, account.id if account else "")
            _record(conn, by, "message_rates.cleared", account, removed, 0)
            return removed

        removed = await self._writer.write(unit)
        await self._changed()
        return removed


def read_csv(text: str, account: str = "", currency: str | None = None) -> list[MessageRate]:
    """Read lines of prefix, price of a part, currency (engine.features.billing.rate_files); raises RatesInvalid."""
    return rate_files.read(
        text,
        COLUMNS,
        currency,
        lambda line: MessageRate(
            prefix=line.prefix, currency=line.currency, per_part=line.price("a part"), account=account
        ),
    )


def _record(conn: Connection, by: Actor, what: str, account: Account | None, before: int, after: int) -> None:
    audit.record(
        conn,
        by,
        account=account.id if account else None,
        what=what,
        subject=account.id if account else "message rates",
        before={"rates": before},
        after={"rates": after},
    )
