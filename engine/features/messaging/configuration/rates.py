"""What texts cost: rates by prefix, loaded from a file of prefix, price of a part, currency."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.accounts import Account
from engine.features.billing import rate_files
from engine.features.billing.rate_loading import LoadedRates, RateKind
from engine.features.messaging.configuration import store
from engine.features.messaging.model import MessageRate
from engine.platform.platform import Platform
from engine.store import accounts

COLUMNS = ("prefix", "price", "currency")


class ListedMessageRate(NamedTuple):
    """A rate, and the name of the account whose own it is; None: it is every account's."""

    rate: MessageRate
    account: str | None


class MessageRates(LoadedRates[MessageRate]):
    """The rates of texts."""

    def __init__(self, platform: Platform, changed: Callable[[], Awaitable[None]]) -> None:
        kind = RateKind("message_rates", read_csv, store.load_rates, store.clear_rates)
        super().__init__(platform.writer, kind, changed)
        self._db = platform.database

    async def list(self, account: Account | None = None) -> list[ListedMessageRate]:
        """Return all rates, or an account's own."""

        def read(conn: Connection) -> list[ListedMessageRate]:
            names = {each.id: each.name for each in accounts.list(conn)}
            own = (rate for rate in store.all_rates(conn) if account is None or rate.account == account.id)
            return [ListedMessageRate(rate, names.get(rate.account)) for rate in own]

        return await self._db.read(read)


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
