"""What an account has set by TringMe's operations: kept with its application of the dialect, made when needed."""

from api.vendors.tringme.ids import CALLER_ID, DIALECT, NOTIFY_URL
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.applications.model import Application, WantedApplication
from engine.features.applications.service import ApplicationService


class AccountState:
    """Reads and changes it."""

    def __init__(self, applications: ApplicationService) -> None:
        self._applications = applications

    async def notify_url(self, account: str) -> str:
        """Return the URL that an account's notifications go to; "": none."""
        return await self._setting(account, NOTIFY_URL)

    async def caller_id(self, account: str) -> str | None:
        """Return the digits of an account's default caller id; None: it has set none."""
        return await self._setting(account, CALLER_ID) or None

    async def set(self, account: Account, name: str, value: str) -> None:
        """Change a setting; "" takes it away."""
        found = await self._find(account.id) or await self._make(account)
        await self._applications.set_settings(actor_of(account), found.id, {name: value})

    async def _setting(self, account: str, name: str) -> str:
        found = await self._find(account)
        return str(found.settings.get(name, "")) if found else ""

    async def _find(self, account: str) -> Application | None:
        return next(iter(await self._applications.of_account(account, DIALECT)), None)

    async def _make(self, account: Account) -> Application:
        wanted = WantedApplication(dialect=DIALECT, url="")
        return (await self._applications.put(actor_of(account), account.id, DIALECT, wanted)).application
