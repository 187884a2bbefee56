"""The rules of rates: listed, loaded from a file, removed. What an account pays in is engine.features.accounts'."""

import asyncio

from sqlalchemy import Connection

from engine.features.accounts import Account
from engine.features.billing import store
from engine.features.billing.model import ListedRate
from engine.features.billing.rating import read_csv
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.refresh import Refresh
from engine.store import accounts
from engine.store.database import Database
from engine.store.writer import Writer


class RateService:
    """Rates: of one account, or, without an account, those of every account that has none of its own for a number."""

    def __init__(self, db: Database, writer: Writer, refresh: Refresh) -> None:
        self._db, self._writer, self._refresh = db, writer, refresh

    async def list(self, account: Account | None = None) -> list[ListedRate]:
        """Return all rates, or an account's own."""

        def read(conn: Connection) -> list[ListedRate]:
            names = {each.id: each.name for each in accounts.list(conn)}
            own = (rate for rate in store.list(conn) if account is None or rate.account == account.id)
            return [ListedRate(rate, names.get(rate.account)) for rate in own]

        return await self._db.read(read)

    async def load(self, by: Actor, text: str, account: Account | None = None) -> int:
        """Replace such rates by those of a CSV file (engine.features.billing.rating.read_csv); returns how many it has.

        A file with one wrong line changes nothing. Raises RatesInvalid.
        """
        owner, currency = (account.id, account.currency) if account else ("", None)
        loaded = await asyncio.to_thread(read_csv, text, owner, currency)

        def unit(conn: Connection) -> None:
            removed = store.clear(conn, owner)
            store.load(conn, loaded)
            _record(conn, by, "rates.loaded", account, removed, len(loaded))

        await self._writer.write(unit)
        await self._refresh()
        return len(loaded)

    async def clear(self, by: Actor, account: Account | None = None) -> int:
        """Remove such rates; returns how many there were."""

        def unit(conn: Connection) -> int:
            removed = store.clear(conn, account.id if account else "")
            _record(conn, by, "rates.cleared", account, removed, 0)
            return removed

        removed = await self._writer.write(unit)
        await self._refresh()
        return removed


def _record(conn: Connection, by: Actor, what: str, account: Account | None, before: int, after: int) -> None:
    audit.record(
        conn,
        by,
        account=account.id if account else None,
        what=what,
        subject=account.id if account else "rates",
        before={"rates": before},
        after={"rates": after},
    )
