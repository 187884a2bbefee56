"""What an account has set by TringMe's operations: kept with its application of the dialect, made when needed."""

from api.vendors.tringme.ids import DIALECT, NOTIFY_URL
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
        found = await self._find(account)
        return str(found.settings.get(NOTIFY_URL, "")) if found else ""

    async def set_notify_url(self, account: Account, url: str) -> None:
        """Change the URL."""
        found = await self._find(account.id) or await self._make(account)
        await self._applications.set_settings(actor_of(account), found.id, {NOTIFY_URL: url})

    async def _find(self, account: str) -> Application | None:
        return next(iter(await self._applications.of_account(account, DIALECT)), None)

    async def _make(self, account: Account) -> Application:
        wanted = WantedApplication(dialect=DIALECT, url="")
        return (await self._applications.put(actor_of(account), account.id, DIALECT, wanted)).application
