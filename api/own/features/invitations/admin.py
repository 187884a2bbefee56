"""Invitations of the users of any account: the same routes as accounts have, below /accounts/{account}."""

from aiohttp import web

from api.own.access import Caller
from api.own.features.invitations.v1 import InvitationRoutes
from api.own.services import OwnServices
from engine.platform import audit


class InvitationsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of invitations."""
        return InvitationRoutes(self._services, self._caller).routes("/accounts/{account}")

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = InvitationsAdmin
