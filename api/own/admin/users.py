"""Routes of any account's users: the account's own routes, below /accounts/{account}."""

from aiohttp import web

from api.own.access import Caller
from api.own.users import UserRoutes
from engine.features.accounts.service import AccountService
from engine.platform.audit import ADMIN
from engine.platform.feature import Features


class UsersAdmin:
    """The handlers."""

    def __init__(self, features: Features) -> None:
        self._features = features

    def routes(self) -> list[web.RouteDef]:
        """Every route of users."""
        return UserRoutes(self._features, self._caller).routes("/accounts/{account}")

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._features[AccountService].find(request.match_info["account"]), ADMIN)
