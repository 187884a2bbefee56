"""The route that removes an account."""

import msgspec
from aiohttp import web

from api.own.bodies import switch_of
from api.own.operations import operation
from api.own.schema.admin_accounts import RemovedAccount
from api.own.schema.queries import PURGE
from engine.features.accounts.closing import Closing
from engine.platform.audit import ADMIN
from engine.platform.feature import Features


class ClosingAdmin:
    """The handlers."""

    def __init__(self, features: Features) -> None:
        self._closing = features[Closing]

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.delete("/accounts/{account}", self.remove)]

    @operation("removeAccount", {200: RemovedAccount}, query=(PURGE,), errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove an account, and its books too if that is wanted."""
        purge = switch_of(request, "purge") or False
        removed = await self._closing.remove(ADMIN, request.match_info["account"], purge=purge)
        return web.json_response(msgspec.to_builtins(removed))
