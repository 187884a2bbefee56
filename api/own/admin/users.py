"""Routes of any account's users: the account's own routes, below /accounts/{account}."""

from aiohttp import web

from api.own.access import Caller
from api.own.users import UserRoutes
from engine.features.tenants import Tenants
from engine.platform.audit import ADMIN


class UsersAdmin:
    """The handlers."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

    def routes(self) -> list[web.RouteDef]:
        """Every route of users."""
        return UserRoutes(self._tenants, self._caller).routes("/accounts/{account}")

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._tenants.accounts.find(request.match_info["account"]), ADMIN)
