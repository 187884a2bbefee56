"""Accounts: the tenants, opened, changed, shown and removed."""

from collections.abc import Sequence

from engine.features.accounts.closing import Closing
from engine.features.accounts.service import AccountService
from engine.features.applications.dialects import OWN, Dialect
from engine.features.endpoints.service import Extensions
from engine.features.numbers.pool import Pool
from engine.features.numbers.sales import NumberSales
from engine.features.users.service import UserService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.refresh import Refresh


class AccountsFeature(Feature):
    """Accounts. `dialects` are the vendors' beside our own, `pool` are the numbers of new accounts (Pool.read).

    `extensions` and `refresh_rates` belong to what an account is removed with, `sales` and `users` to what it is made
    with.
    """

    name = "accounts"

    def __init__(
        self,
        platform: Platform,
        dialects: Sequence[Dialect],
        pool: str,
        extensions: Extensions,
        refresh_rates: Refresh,
        sales: NumberSales,
        users: UserService,
    ) -> None:
        db, writer = platform.database, platform.writer

        async def refresh() -> None:
            await platform.refresh()
            await refresh_rates()

        self.services = (
            AccountService(db, writer, (OWN, *dialects), Pool.read(pool), platform.refresh, sales, users),
            Closing(writer, extensions, platform.prompts, platform.files, platform.owned, refresh),
        )
