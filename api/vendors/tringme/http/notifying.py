"""TringMe's setnotifyurl."""

from aiohttp import web

from api.vendors.tringme.http import resources
from api.vendors.tringme.http.account_state import AccountState
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler


class NotifyOperations:
    """setnotifyurl. Its flag is reserved, and ignored."""

    def __init__(self, state: AccountState) -> None:
        self._state = state

    def operations(self) -> dict[str, Handler]:
        """Return it by its name."""
        return {"setnotifyurl": self.set_url}

    async def set_url(self, request: AuthenticatedRequest) -> web.Response:
        """Set the URL that is notified of what is asked for from now on."""
        await self._state.set_notify_url(request.account, request.user, request.parameters.url("url"))
        return resources.done()
