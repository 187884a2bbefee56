"""The rules of rates: listed, loaded from a file, removed. What an account pays in is engine.features.accounts'."""

from sqlalchemy import Connection

from engine.features.accounts import Account
from engine.features.billing import store
from engine.features.billing.model import ListedRate, Rate
from engine.features.billing.rate_loading import LoadedRates, RateKind
from engine.features.billing.rating import read_csv
from engine.platform.refresh import Refresh
from engine.store import accounts
from engine.store.database import Database
from engine.store.writer import Writer


class RateService(LoadedRates[Rate]):
    """The rates of calls (engine.features.billing.rating.read_csv says what a file has)."""

    def __init__(self, db: Database, writer: Writer, refresh: Refresh) -> None:
        super().__init__(writer, RateKind("rates", read_csv, store.load, store.clear), refresh)
        self._db = db

    async def list(self, account: Account | None = None) -> list[ListedRate]:
        """Return all rates, or an account's own."""

        def read(conn: Connection) -> list[ListedRate]:
            names = {each.id: each.name for each in accounts.list(conn)}
            own = (rate for rate in store.list(conn) if account is None or rate.account == account.id)
            return [ListedRate(rate, names.get(rate.account)) for rate in own]

        return await self._db.read(read)
