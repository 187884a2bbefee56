"""Files of any account."""

from aiohttp import web

from api.own.access import Caller
from api.own.features.files.v1 import FileRoutes
from api.own.services import OwnServices
from engine.platform import audit


class FilesAdmin:
    """The handlers, below /accounts/{account}."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of files."""
        return FileRoutes(self._services, self._caller).routes("/accounts/{account}")

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = FilesAdmin
