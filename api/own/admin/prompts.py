"""Prompts of any account: the same as accounts have, below /accounts/{account}."""

from aiohttp import web

from api.own.prompts import PromptRoutes
from api.own.services import OwnServices
from engine.features import accounts as account_settings
from engine.store.accounts import Account


class PromptsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of prompts."""
        return PromptRoutes(self._services, self._account).routes("/accounts/{account}")

    async def _account(self, request: web.Request) -> Account:
        name = request.match_info["account"]
        return await self._services.db.read(lambda conn: account_settings.find(conn, name))
