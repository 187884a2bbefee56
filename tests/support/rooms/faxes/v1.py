"""Faxes of an account."""

from aiohttp import web

from api.own.access import CallerOf
from api.own.operations import operation
from api.own.services import OwnServices
from tests.support.rooms.faxes.errors import NoPaper
from tests.support.rooms.faxes.schema import Fax


class FaxRoutes:
    """The handlers; `caller_of` says whose faxes a request is about."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [web.get(prefix + "/faxes/{fax}", self.show)]

    @operation("getFax", {200: Fax}, errors=(409,))
    async def show(self, request: web.Request) -> web.Response:
        """Show a fax."""
        caller, fax = await self._caller_of(request), request.match_info["fax"]
        if fax == "blank":
            raise NoPaper
        return web.json_response({"id": fax, "account": caller.account.name})


ROUTES = FaxRoutes
