"""Routes of any account's prompts: the account's own routes, below /accounts/{account}."""

from aiohttp import web

from api.own.prompts import Owner, PromptRoutes
from api.own.services import OwnServices
from engine.platform.audit import ADMIN


class PromptsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of prompts."""
        return PromptRoutes(self._services, self._owner).routes("/accounts/{account}")

    async def _owner(self, request: web.Request) -> Owner:
        return (await self._services.account_named(request.match_info["account"])).id, ADMIN
