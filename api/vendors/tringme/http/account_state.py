"""What an account has set by TringMe's operations: kept with its application of the dialect, made when needed."""

from api.vendors.tringme.http.users import FIRST
from api.vendors.tringme.ids import DIALECT, NOTIFY_URL
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.applications.model import Application, WantedApplication
from engine.features.applications.service import ApplicationService


class AccountState:
    """Reads and changes it."""

    def __init__(self, applications: ApplicationService) -> None:
        self._applications = applications

    async def notify_url(self, account: str, user: str = FIRST) -> str:
        """Return the URL that the notifications of what a user asks for go to; "": none.

        That of the first one counts for the others too, as far as they set none.
        """
        found = await self._find(account)
        settings = found.settings if found else {}
        return str(settings.get(_setting(user)) or settings.get(NOTIFY_URL, ""))

    async def own_notify_url(self, account: str, user: str) -> str:
        """Return the URL that a user has set itself; "": none."""
        found = await self._find(account)
        return str(found.settings.get(_setting(user), "")) if found else ""

    async def set_notify_url(self, account: Account, user: str, url: str) -> None:
        """Change a user's URL."""
        found = await self._find(account.id) or await self._make(account)
        await self._applications.set_settings(actor_of(account), found.id, {_setting(user): url})

    async def _find(self, account: str) -> Application | None:
        return next(iter(await self._applications.of_account(account, DIALECT)), None)

    async def _make(self, account: Account) -> Application:
        wanted = WantedApplication(dialect=DIALECT, url="")
        return (await self._applications.put(actor_of(account), account.id, DIALECT, wanted)).application


def _setting(user: str) -> str:
    return NOTIFY_URL if user == FIRST else f"{NOTIFY_URL}:{user}"
